using System.Text.Json;
using System.Text.Json.Nodes;

namespace Metaflow.Cards;

/// <summary>
/// A chart in the grammar of Vega-Lite or Vega: <see href="https://vega.github.io/vega-lite/examples/"/>. The library that
/// draws it is in the card, so it works offline; data must be in the specification, because a card fetches nothing.
/// </summary>
public sealed class VegaChart : CardComponent
{
    private volatile string _specification;

    /// <summary>A chart from a specification as JSON text.</summary>
    /// <param name="specification">The specification.</param>
    /// <exception cref="ArgumentException">It is not a JSON object.</exception>
    public VegaChart(string specification)
    {
        _specification = Read(specification);
    }

    /// <summary>A chart from a specification as an object: a <see cref="JsonNode"/>, a dictionary, an anonymous object.</summary>
    /// <param name="specification">The specification; it is serialized now.</param>
    /// <exception cref="ArgumentException">It does not become a JSON object.</exception>
    public VegaChart(object specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        _specification = Read(JsonSerializer.Serialize(specification));
    }

    /// <summary>Whether the chart has a menu to save it as a picture and to look at its source.</summary>
    public bool ShowControls { get; init; }

    /// <summary>Replaces the specification.</summary>
    /// <param name="specification">The new one as JSON text.</param>
    /// <exception cref="ArgumentException">It is not a JSON object.</exception>
    public void Update(string specification) => _specification = Read(specification);

    internal override void Write(CardHtml html)
    {
        html.Needs |= CardNeeds.Charts;

        // The JSON has no character that could end the element: '<' is written as an escape.
        html.Write($"<div class=\"c chart\" data-controls=\"{(ShowControls ? 1 : 0)}\"><script type=\"application/json\">").Trusted(_specification).Write($"</script></div>");
    }

    private static string Read(string specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        try
        {
            using var json = JsonDocument.Parse(specification, new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? JsonSerializer.Serialize(json.RootElement)
                : throw new ArgumentException("A chart's specification is a JSON object.", nameof(specification));
        }
        catch (JsonException fault)
        {
            throw new ArgumentException($"A chart's specification is JSON, and this is not: {fault.Message}", nameof(specification), fault);
        }
    }
}
