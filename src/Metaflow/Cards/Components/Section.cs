namespace Metaflow.Cards;

/// <summary>Components under a title.</summary>
/// <param name="title">The title; <see langword="null"/> for none.</param>
/// <param name="components">What is in it.</param>
public sealed class Section(string? title, params IEnumerable<CardComponent> components) : CardComponent
{
    private readonly CardComponent[] _components = [.. components ?? throw new ArgumentNullException(nameof(components))];

    /// <summary>Whether only the title is shown until a reader opens the section.</summary>
    public bool IsCollapsed { get; init; }

    internal override void Write(CardHtml html)
    {
        if (IsCollapsed)
        {
            html.Write($"<details class=\"c section\"><summary>{title ?? "More"}</summary>").Components(_components).Write($"</details>");
            return;
        }

        html.Write($"<section class=\"c section\">");
        if (title is not null)
        {
            html.Write($"<h2>{title}</h2>");
        }

        html.Components(_components).Write($"</section>");
    }
}

/// <summary>Components side by side; below each other where there is no room.</summary>
/// <param name="components">From left to right.</param>
public sealed class Columns(params IEnumerable<CardComponent> components) : CardComponent
{
    private readonly CardComponent[] _components = [.. components ?? throw new ArgumentNullException(nameof(components))];

    internal override void Write(CardHtml html)
    {
        html.Write($"<div class=\"c columns\">");
        foreach (var component in _components)
        {
            html.Write($"<div>").Component(component).Write($"</div>");
        }

        html.Write($"</div>");
    }
}
