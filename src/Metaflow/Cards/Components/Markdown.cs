namespace Metaflow.Cards;

/// <summary>
/// Text with Markdown: headings, lists, tables, code, links. HTML in it is shown as text, links lead to the web or by mail
/// only, and pictures must be in the text (<c>data:</c>), because a card fetches nothing.
/// </summary>
/// <param name="text">The text.</param>
public sealed class Markdown(string text) : CardComponent
{
    private volatile string _text = text ?? throw new ArgumentNullException(nameof(text));

    /// <summary>The text.</summary>
    public string Text => _text;

    /// <summary>Replaces the text.</summary>
    /// <param name="text">The new text.</param>
    public void Update(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
    }

    internal override void Write(CardHtml html) =>
        html.Write($"<div class=\"c markdown\">").Trusted(MarkdownHtml.Of(_text)).Write($"</div>");
}
