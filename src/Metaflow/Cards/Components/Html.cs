namespace Metaflow.Cards;

/// <summary>
/// HTML of your own, in a frame without any rights: it reaches neither the rest of the card nor the page around it, and
/// loads nothing from elsewhere. Its scripts run only if you allow them.
/// </summary>
/// <param name="html">A document or a part of one.</param>
/// <param name="height">The frame's height in pixels.</param>
public sealed class Html(string html, int height = 320) : CardComponent
{
    private readonly string _html = html ?? throw new ArgumentNullException(nameof(html));
    private readonly int _height = height is > 0 and <= 20_000
        ? height
        : throw new ArgumentOutOfRangeException(nameof(height), height, "The height must be from 1 to 20000 pixels.");

    /// <summary>
    /// Whether scripts in it run: inside their frame, without access to anything outside. Set it only for HTML whose origin
    /// you know, such as the output of a plotting library.
    /// </summary>
    public bool AllowsScripts { get; init; }

    internal override void Write(CardHtml html)
    {
        html.Needs |= AllowsScripts ? CardNeeds.AuthorScripts : CardNeeds.None;
        html.Write($"<iframe class=\"c html\" sandbox=\"{(AllowsScripts ? "allow-scripts" : "")}\" referrerpolicy=\"no-referrer\" height=\"{_height}\" title=\"HTML of the flow's author\" srcdoc=\"{_html}\"></iframe>");
    }
}
