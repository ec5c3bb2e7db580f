using System.Text.Json;
using Metaflow.Client;

namespace Metaflow.Cli.Output;

/// <summary>The tags of runs for programs.</summary>
internal static class TagList
{
    /// <summary>Writes an array of runs.</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<RunReference> runs, bool withoutSystemTags)
    {
        json.WriteStartArray();
        foreach (var run in runs)
        {
            json.WriteStartObject();
            json.WriteString("run"u8, run.PathSpec);
            Strings(json, "tags", run.Tags);
            if (!withoutSystemTags)
            {
                Strings(json, "systemTags", run.SystemTags);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Strings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
