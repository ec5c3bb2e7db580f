using System.Text.Json;

namespace Metaflow.Comparison;

/// <summary>A comparison as JSON; docs/compare.md describes it.</summary>
internal static class ComparisonJson
{
    /// <summary>Writes one object.</summary>
    public static void Write(Utf8JsonWriter json, RunComparison comparison)
    {
        json.WriteStartObject();
        json.WriteString("first"u8, comparison.First.PathSpec);
        json.WriteString("second"u8, comparison.Second.PathSpec);
        json.WriteBoolean("sameResult"u8, comparison.IsSameResult);
        json.WriteStartArray("differences"u8);
        foreach (var difference in comparison.Differences)
        {
            Write(json, difference);
        }

        json.WriteEndArray();
        Strings(json, "remarks", comparison.Remarks);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, RunDifference difference)
    {
        json.WriteStartObject();
        json.WriteString("kind"u8, Word(difference.Kind));
        json.WriteString("change"u8, Word(difference.Change));
        json.WriteString("subject"u8, difference.Subject);
        json.WriteString("first"u8, difference.First);
        json.WriteString("second"u8, difference.Second);
        json.WriteNumber("relevance"u8, difference.Relevance);
        if (difference.OfTasks > 0)
        {
            json.WriteNumber("tasks"u8, difference.Tasks);
            json.WriteNumber("ofTasks"u8, difference.OfTasks);
        }

        if (difference.FirstExample is { } first)
        {
            json.WriteString("firstExample"u8, first);
        }

        if (difference.SecondExample is { } second)
        {
            json.WriteString("secondExample"u8, second);
        }

        if (difference.Details.Count > 0)
        {
            Strings(json, "details", difference.Details);
        }

        if (difference.Figures.Count > 0)
        {
            Figures(json, difference.Figures);
        }

        json.WriteEndObject();
    }

    private static void Figures(Utf8JsonWriter json, IReadOnlyDictionary<string, double> figures)
    {
        json.WriteStartObject("figures"u8);
        foreach (var (name, figure) in figures)
        {
            // JSON has no infinity; the mean of nothing is none.
            if (double.IsFinite(figure))
            {
                json.WriteNumber(name, figure);
            }
            else
            {
                json.WriteNull(name);
            }
        }

        json.WriteEndObject();
    }

    private static void Strings(Utf8JsonWriter json, string name, IReadOnlyList<string> lines)
    {
        json.WriteStartArray(name);
        foreach (var line in lines)
        {
            json.WriteStringValue(line);
        }

        json.WriteEndArray();
    }

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
