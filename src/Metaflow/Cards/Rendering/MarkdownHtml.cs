using Markdig;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Metaflow.Cards;

/// <summary>Markdown as HTML that can do nothing.</summary>
internal static class MarkdownHtml
{
    private static readonly string[] Pictures = ["data:image/png;", "data:image/jpeg;", "data:image/gif;", "data:image/webp;", "data:image/svg+xml;"];

    // No extension that lets the text set attributes, embeds media, or passes HTML on.
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseGridTables().UseEmphasisExtras().UseTaskLists().UseAutoLinks().UseListExtras().UseFootnotes().UseDefinitionLists()
        .DisableHtml()
        .Build();

    public static string Of(string text)
    {
        var document = Markdig.Markdown.Parse(text, Pipeline);
        foreach (var link in document.Descendants<LinkInline>().ToList())
        {
            Tame(link);
        }

        foreach (var link in document.Descendants<AutolinkInline>().ToList())
        {
            if (link.IsEmail || IsSafe(link.Url))
            {
                LeadsAway(link, link.Url);
            }
            else
            {
                link.ReplaceBy(new LiteralInline(link.Url));
            }
        }

        return document.ToHtml(Pipeline);
    }

    private static void Tame(LinkInline link)
    {
        var url = link.GetDynamicUrl?.Invoke() ?? link.Url ?? "";
        if (link.IsImage && Array.Exists(Pictures, start => url.StartsWith(start, StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        // A picture elsewhere would tell its server who looks at the card; its name is left as a link.
        link.IsImage = false;
        link.GetDynamicUrl = null;
        link.Url = IsSafe(url) ? url : "#";
        LeadsAway(link, link.Url);
    }

    /// <summary>A card may be in a frame, where a page elsewhere would take its place.</summary>
    private static void LeadsAway(MarkdownObject link, string url)
    {
        if (!url.StartsWith('#'))
        {
            link.SetAttributes(new HtmlAttributes { Properties = [new("target", "_blank"), new("rel", "noopener noreferrer")] });
        }
    }

    private static bool IsSafe(string url) =>
        url.StartsWith('#')
        || (Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "mailto");
}
