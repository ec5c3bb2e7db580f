using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Artifacts.JsonNpy;

namespace Metaflow.Client;

/// <summary>Tests conditions on stored values, without knowing their types.</summary>
internal static class ConditionTest
{
    /// <summary>Larger values are not read for a filter.</summary>
    private const long LargestValue = 16 << 20;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 512 };

    /// <summary>Whether all conditions hold.</summary>
    /// <param name="run">The run that the values are of.</param>
    /// <param name="conditions">The conditions.</param>
    /// <param name="find">Finds a value by its name, whatever the case.</param>
    public static bool Holds(StoredRun run, IReadOnlyList<ValueCondition> conditions, Func<string, StoredArtifact?> find) =>
        conditions.All(condition => Holds(run, condition, find));

    private static bool Holds(StoredRun run, ValueCondition condition, Func<string, StoredArtifact?> find)
    {
        var path = condition.Name.Split('.');
        if (find(path[0]) is not { } stored || stored.Size > LargestValue)
        {
            return false;
        }

        return stored.Encoding switch
        {
            Encodings.Json => run.Use(stored, content => HoldsJson(condition, content, path.AsSpan(1))),
            // Only single values are compared, and they are all in the document.
            Encodings.JsonNpy => run.Use(stored, content =>
                JsonNpyContent.TryRead(content, out var packed, out _) && HoldsJson(condition, new(packed.Document), path.AsSpan(1))),
            Encodings.Text when path.Length == 1 =>
                run.Use(stored, content => Compare(condition, Encoding.UTF8.GetString(content))),
            _ => false,
        };
    }

    private static bool HoldsJson(ValueCondition condition, in ReadOnlySequence<byte> content, ReadOnlySpan<string> members)
    {
        if (!TryParse(content, out var document))
        {
            return false;
        }

        using var _ = document;
        var value = document.RootElement;
        foreach (var member in members)
        {
            if (Member(value, member) is not { } inner)
            {
                return false;
            }

            value = inner;
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => Compare(condition, value.GetString()!),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null => Compare(condition, value.GetRawText()),
            _ => false,
        };
    }

    /// <summary>A serializer of the user's may call something JSON that is none.</summary>
    private static bool TryParse(in ReadOnlySequence<byte> content, [NotNullWhen(true)] out JsonDocument? document)
    {
        try
        {
            document = JsonDocument.Parse(content, Options);
            return true;
        }
        catch (JsonException)
        {
            document = null;
            return false;
        }
    }

    private static JsonElement? Member(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (value.TryGetProperty(name, out var exact))
        {
            return exact;
        }

        foreach (var property in value.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return property.Value;
            }
        }

        return null;
    }

    private static bool Compare(ValueCondition condition, string value)
    {
        if (condition.Comparison == ValueComparison.Contains)
        {
            return value.Contains(condition.Value, StringComparison.OrdinalIgnoreCase);
        }

        var order = Number(value) is { } one && Number(condition.Value) is { } other
            ? one.CompareTo(other)
            : string.CompareOrdinal(value, condition.Value);
        return condition.Comparison switch
        {
            ValueComparison.Equal => order == 0,
            ValueComparison.NotEqual => order != 0,
            ValueComparison.Less => order < 0,
            ValueComparison.LessOrEqual => order <= 0,
            ValueComparison.Greater => order > 0,
            _ => order >= 0,
        };
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
