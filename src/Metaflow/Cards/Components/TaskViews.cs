using System.Buffers;
using System.Globalization;
using Metaflow.Artifacts;

namespace Metaflow.Cards;

/// <summary>The head of the default card: what task it is, and how it went.</summary>
internal sealed class CardHead(CardContext context) : CardComponent
{
    internal override void Write(CardHtml html)
    {
        var (word, style) = context.IsLive ? ("running", "accent") : context.Exception is null ? ("done", "success") : ("failed", "danger");
        html.Write($"<header class=\"head\"><div><h1>{context.Title ?? context.StepName}{(context.Label is { } label && context.Title is null ? " · " + label : "")}</h1>");
        html.Write($"<p class=\"muted mono\">{context.PathSpec}</p></div><span class=\"badge {style}\">{word}</span></header>");
    }
}

/// <summary>The facts of a task.</summary>
internal sealed class TaskView(CardContext context) : CardComponent
{
    internal override void Write(CardHtml html)
    {
        html.Write($"<section class=\"c facts\"><h2>Task</h2><dl>");
        Fact(html, "Started", context.Started.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
        Fact(html, context.IsLive ? "Running for" : "Took", Duration(context.Elapsed));
        Fact(html, "Attempt", context.Attempt == 0 ? "first" : $"{context.Attempt + 1}, after {context.Attempt} that failed");
        if (context.Label is { } label)
        {
            Fact(html, "Item", label);
        }

        Fact(html, "User", context.UserName);
        if (context.Facts.OriginRunId is { } origin)
        {
            Fact(html, "Resumed from run", origin);
        }

        if (context.Tags.Count > 0)
        {
            Fact(html, "Tags", string.Join(", ", context.Tags));
        }

        html.Write($"</dl>");
        if (context.Facts.Graph.Find(context.StepName)?.Doc is { Length: > 0 } doc)
        {
            html.Write($"<p class=\"muted\">{doc}</p>");
        }

        html.Write($"</section>");
    }

    private static void Fact(CardHtml html, string name, string value)
    {
        if (value.Length > 0)
        {
            html.Write($"<div><dt>{name}</dt><dd>{value}</dd></div>");
        }
    }

    private static string Duration(TimeSpan time) => FormattableString.Invariant(time switch
    {
        { TotalSeconds: < 1 } => (FormattableString)$"{time.TotalMilliseconds:0} ms",
        { TotalMinutes: < 1 } => $"{time.TotalSeconds:0.0} s",
        { TotalHours: < 1 } => $"{time.Minutes} min {time.Seconds} s",
        _ => $"{(long)time.TotalHours} h {time.Minutes} min",
    });
}

/// <summary>Stored artifacts with previews.</summary>
internal sealed class ArtifactList(
    string title, string none, IReadOnlyList<StoredArtifact> artifacts, Func<StoredArtifact, ReadOnlySequence<byte>?> read) : CardComponent
{
    private const int MaximumShown = 200;

    internal override void Write(CardHtml html)
    {
        html.Write($"<section class=\"c artifacts\"><h2>{title}</h2>");
        if (artifacts.Count == 0)
        {
            html.Write($"<p class=\"muted\">{none}</p></section>");
            return;
        }

        html.Write($"<div class=\"scroll\"><table><tbody>");
        foreach (var artifact in artifacts.Take(MaximumShown))
        {
            html.Write($"<tr><th scope=\"row\"><span class=\"mono\">{artifact.Name}</span><small class=\"muted\">{artifact.Encoding} · {DataSize.Format(artifact.Size)}</small></th><td>");
            html.Component(new StoredPreview(artifact, read));
            html.Write($"</td></tr>");
        }

        html.Write($"</tbody></table></div>");
        if (artifacts.Count > MaximumShown)
        {
            html.Write($"<p class=\"muted\">… and {artifacts.Count - MaximumShown} more.</p>");
        }

        html.Write($"</section>");
    }
}

/// <summary>What an artifact holds, as far as it can be shown.</summary>
internal sealed class StoredPreview(StoredArtifact artifact, Func<StoredArtifact, ReadOnlySequence<byte>?> read) : CardComponent
{
    internal override void Write(CardHtml html)
    {
        if (read(artifact) is { } content)
        {
            Preview.Write(html, artifact.Encoding, content);
        }
        else
        {
            html.Write($"<span class=\"muted\">too large to show here</span>");
        }
    }
}
