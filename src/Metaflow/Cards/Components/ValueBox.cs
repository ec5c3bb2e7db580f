namespace Metaflow.Cards;

/// <summary>The colour of a <see cref="ValueBox"/> or of an event.</summary>
public enum CardTheme
{
    /// <summary>No particular meaning.</summary>
    Default,

    /// <summary>Good.</summary>
    Success,

    /// <summary>To be looked at.</summary>
    Warning,

    /// <summary>Bad.</summary>
    Danger,

    /// <summary>To be noticed.</summary>
    Accent,
}

/// <summary>One figure, large.</summary>
/// <param name="title">What the figure is.</param>
/// <param name="value">The figure: a number, a text, or anything that has a short text.</param>
/// <param name="subtitle">A line below it.</param>
/// <param name="theme">Its colour.</param>
/// <param name="change">How it changed: <c>+3.2 % since yesterday</c>. One that begins with a sign is coloured.</param>
public sealed class ValueBox(string title, object? value, string? subtitle = null, CardTheme theme = CardTheme.Default, string? change = null) : CardComponent
{
    private volatile State _state = new(Cells.Text(value), subtitle, theme, change);

    /// <summary>Replaces what is shown below the title.</summary>
    /// <param name="value">The new figure.</param>
    /// <param name="subtitle">The line below it; <see langword="null"/> to keep it.</param>
    /// <param name="theme">Its colour; <see langword="null"/> to keep it.</param>
    /// <param name="change">How it changed; <see langword="null"/> for none.</param>
    public void Update(object? value, string? subtitle = null, CardTheme? theme = null, string? change = null)
    {
        var before = _state;
        _state = new(Cells.Text(value), subtitle ?? before.Subtitle, theme ?? before.Theme, change);
    }

    internal override void Write(CardHtml html)
    {
        var now = _state;
        html.Write($"<div class=\"c value {Themes.Of(now.Theme)}\"><div class=\"value-title\">{title}</div><div class=\"value-figure\">{now.Value}</div>");
        if (now.Change is { Length: > 0 } change)
        {
            var direction = change[0] switch { '+' or '▲' => "up", '-' or '−' or '▼' => "down", _ => "same" };
            html.Write($"<div class=\"value-change {direction}\">{change}</div>");
        }

        if (now.Subtitle is { } below)
        {
            html.Write($"<div class=\"value-subtitle\">{below}</div>");
        }

        html.Write($"</div>");
    }

    private sealed record State(string Value, string? Subtitle, CardTheme Theme, string? Change);
}

/// <summary>The style classes of themes.</summary>
internal static class Themes
{
    public static string Of(CardTheme theme) => theme switch
    {
        CardTheme.Success => "success",
        CardTheme.Warning => "warning",
        CardTheme.Danger => "danger",
        CardTheme.Accent => "accent",
        _ => "plain",
    };
}
