using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metaflow.Events;

/// <summary>An event as a line of JSON; docs/runner.md describes it.</summary>
internal static class RunEventLine
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
    };

    /// <summary>The line without its end.</summary>
    public static string Write(RunEvent happened) => JsonSerializer.Serialize(happened, Options);

    /// <summary>Reads a line.</summary>
    /// <returns><see langword="null"/> if it is none, or of a kind that a newer version has.</returns>
    public static RunEvent? TryParse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<RunEvent>(line, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
