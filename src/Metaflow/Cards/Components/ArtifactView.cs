using System.Text.Json;
using Metaflow.Artifacts;

namespace Metaflow.Cards;

/// <summary>
/// Any value as it would be stored: objects and lists as a tree, arrays with statistics and the distribution of their
/// values, text as text.
/// </summary>
public sealed class ArtifactView : CardComponent
{
    private const int MaximumLength = 16 << 20;

    private readonly string? _name;
    private readonly string _type;
    private readonly string _html;

    /// <summary>A view of a value as it is now.</summary>
    /// <param name="value">The value.</param>
    /// <param name="name">What it is.</param>
    public ArtifactView(object? value, string? name = null)
    {
        _name = name;
        _type = value is null ? "null" : TypeNames.Of(value.GetType());
        var html = new CardHtml();
        WriteValue(html, value);
        _html = html.ToString();
    }

    internal override void Write(CardHtml html)
    {
        html.Write($"<figure class=\"c artifact\"><figcaption>{_name ?? ""}<span class=\"muted\">{_type}</span></figcaption>").Trusted(_html).Write($"</figure>");
    }

    private static void WriteValue(CardHtml html, object? value)
    {
        try
        {
            var content = ArtifactCodec.Encode("value", value);
            if (content.Bytes.Length <= MaximumLength)
            {
                Preview.Write(html, content.Encoding, content.Bytes);
                return;
            }

            html.Write($"<span class=\"muted\">{DataSize.Format(content.Bytes.Length)}: too large to show</span>");
        }
        catch (Exception fault) when (fault is MetaflowException or JsonException or NotSupportedException or InvalidOperationException)
        {
            // What cannot be stored can still be named.
            html.Write($"<span>{Cells.Text(value)}</span>");
        }
    }
}

/// <summary>A JSON value as a tree that opens and closes.</summary>
public sealed class JsonView : CardComponent
{
    // The element is larger than what is written in one piece, so its box is exchanged.
    private volatile System.Runtime.CompilerServices.StrongBox<JsonElement> _json;

    /// <summary>A view of JSON text.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public JsonView(string json)
    {
        _json = Read(json);
    }

    /// <summary>Replaces the value.</summary>
    /// <param name="json">The new JSON text.</param>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public void Update(string json) => _json = Read(json);

    internal override void Write(CardHtml html)
    {
        html.Write($"<div class=\"c\">");
        JsonTree.Write(html, _json.Value);
        html.Write($"</div>");
    }

    private static System.Runtime.CompilerServices.StrongBox<JsonElement> Read(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        using var document = JsonDocument.Parse(json);
        return new(document.RootElement.Clone());
    }
}
