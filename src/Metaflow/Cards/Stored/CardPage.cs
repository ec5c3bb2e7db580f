using System.Security.Cryptography;
using System.Text;

namespace Metaflow.Cards;

/// <summary>Colours for a card's page.</summary>
public enum CardColors
{
    /// <summary>As the reader's system has them.</summary>
    Automatic,

    /// <summary>Dark on light.</summary>
    Light,

    /// <summary>Light on dark.</summary>
    Dark,
}

/// <summary>
/// Makes complete pages of stored cards: one file with everything in it, which asks nobody for anything. Its own content
/// security policy lets only this library's scripts and styles run, by their hashes.
/// </summary>
internal static class CardPage
{
    private static readonly Lazy<Asset> Style = new(() => new(CardAssets.Text("card.css")));
    private static readonly Lazy<Asset> Script = new(() => new(CardAssets.Text("card.js")));
    private static readonly Lazy<Asset> Charts = new(() => new(CardAssets.Compressed("charts.js.br")));

    /// <summary>
    /// What a server that shows the page should send as <c>Content-Security-Policy</c> beside the page's own: the page may be
    /// framed by its own origin only and has none of its own.
    /// </summary>
    public const string ServerPolicy = "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox allow-downloads";

    /// <summary>A page with one card.</summary>
    public static string Of(CardDocument document, CardColors colors) => Of([document], document.Title ?? $"{document.Step} · {document.Flow}/{document.Run}", colors);

    /// <summary>A page with cards one below the other.</summary>
    public static string Of(IReadOnlyList<CardDocument> documents, string title, CardColors colors)
    {
        var needs = documents.Aggregate(CardNeeds.None, (all, document) => all | document.Needs);
        var hasCharts = needs.HasFlag(CardNeeds.Charts);
        var theme = colors switch { CardColors.Light => " data-theme=\"light\"", CardColors.Dark => " data-theme=\"dark\"", _ => "" };
        var html = new CardHtml();
        html.Write($"<!DOCTYPE html>\n<html lang=\"en\"{new TrustedMarkup(theme)}>\n<head>\n<meta charset=\"utf-8\">\n");
        html.Write($"<meta http-equiv=\"Content-Security-Policy\" content=\"{new TrustedMarkup(Policy(needs))}\">\n");
        html.Write($"<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>{title}</title>\n");
        html.Write($"<style>{new TrustedMarkup(Style.Value.Text)}</style>\n</head>\n<body>\n");
        foreach (var document in documents)
        {
            html.Write($"<main>\n");
            if (document.Status == CardStatus.Incomplete)
            {
                html.Write($"<div class=\"notice\">{document.Problem ?? "The attempt ended before the card was complete."}</div>\n");
            }

            html.Trusted(document.Html).Write($"\n</main>\n");
        }

        if (hasCharts)
        {
            html.Write($"<script>{new TrustedMarkup(Charts.Value.Text)}</script>\n");
        }

        return html.Write($"<script>{new TrustedMarkup(Script.Value.Text)}</script>\n</body>\n</html>\n").ToString();
    }

    /// <summary>
    /// Nothing is loaded, sent, framed or submitted. Styles may stand in the page, because charts and author's HTML bring
    /// them; scripts of an author run only in frames of their own, and only if the author asked for it.
    /// </summary>
    private static string Policy(CardNeeds needs)
    {
        var scripts = needs.HasFlag(CardNeeds.AuthorScripts)
            ? "'unsafe-inline'"
            : $"'sha256-{Script.Value.Hash}'{(needs.HasFlag(CardNeeds.Charts) ? $" 'sha256-{Charts.Value.Hash}'" : "")}";
        return $"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; frame-src 'none'; base-uri 'none'; form-action 'none'";
    }

    private sealed class Asset(string text)
    {
        public string Text { get; } = text;

        public string Hash { get; } = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
