namespace Metaflow.Cards;

/// <summary>Source code, with its words coloured.</summary>
/// <param name="text">The code.</param>
/// <param name="language">What it is written in: <c>csharp</c>, <c>python</c>, <c>sql</c>, <c>json</c>, <c>text</c>, …</param>
/// <param name="title">A line above it: the file's name.</param>
public sealed class Code(string text, string language = "csharp", string? title = null) : CardComponent
{
    private volatile string _text = text ?? throw new ArgumentNullException(nameof(text));

    /// <summary>Replaces the code.</summary>
    /// <param name="text">The new code.</param>
    public void Update(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
    }

    internal override void Write(CardHtml html)
    {
        html.Write($"<figure class=\"c code\"><figcaption>{title ?? ""}<span class=\"muted\">{language}</span></figcaption><pre><code>");
        CodeColors.Write(html, _text, language);
        html.Write($"</code></pre></figure>");
    }
}
