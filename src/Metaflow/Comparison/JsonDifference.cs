using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Metaflow.Comparison;

/// <summary>How two JSON values differ: which members, and whether their shapes do.</summary>
internal sealed class JsonDifference
{
    private const int ShortValue = 60;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 512 };

    private readonly List<string> _details = [];
    private readonly int _maximum;
    private long _values;
    private long _shapes;
    private double _largest;

    private JsonDifference(int maximum) => _maximum = maximum;

    /// <summary>Compares; <c>$</c> is the whole value.</summary>
    public static (IReadOnlyList<string> Details, Dictionary<string, double> Figures) Of(
        in ReadOnlySequence<byte> first, in ReadOnlySequence<byte> second, int maximum)
    {
        using var one = JsonDocument.Parse(first, Options);
        using var other = JsonDocument.Parse(second, Options);
        var difference = new JsonDifference(maximum);
        difference.Compare("$", one.RootElement, other.RootElement);
        var left = difference._values + difference._shapes - difference._details.Count;
        if (left > 0)
        {
            difference._details.Add($"… {left} more");
        }

        var figures = new Dictionary<string, double>
        {
            ["differingValues"] = difference._values, ["schemaChanges"] = difference._shapes,
        };
        if (difference._largest > 0)
        {
            figures["maxAbsoluteDifference"] = difference._largest;
        }

        return (difference._details, figures);
    }

    private void Compare(string path, JsonElement first, JsonElement second)
    {
        if (IsBoolean(first) && IsBoolean(second))
        {
            CompareText(path, first, second);
            return;
        }

        if (first.ValueKind != second.ValueKind)
        {
            Schema($"{path}: {Kind(first)} {Short(first)} → {Kind(second)} {Short(second)}");
            return;
        }

        switch (first.ValueKind)
        {
            case JsonValueKind.Object:
                CompareMembers(path, first, second);
                break;
            case JsonValueKind.Array:
                CompareElements(path, first, second);
                break;
            case JsonValueKind.Number:
                CompareNumbers(path, first, second);
                break;
            default:
                CompareText(path, first, second);
                break;
        }
    }

    private void CompareMembers(string path, JsonElement first, JsonElement second)
    {
        var others = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in second.EnumerateObject())
        {
            others[member.Name] = member.Value;
        }

        foreach (var member in first.EnumerateObject())
        {
            if (others.Remove(member.Name, out var other))
            {
                Compare($"{path}.{member.Name}", member.Value, other);
            }
            else
            {
                Schema($"{path}.{member.Name}: removed, was {Short(member.Value)}");
            }
        }

        foreach (var (name, value) in others)
        {
            Schema($"{path}.{name}: added, {Short(value)}");
        }
    }

    private void CompareElements(string path, JsonElement first, JsonElement second)
    {
        var (count, otherCount) = (first.GetArrayLength(), second.GetArrayLength());
        if (count != otherCount)
        {
            Value($"{path}: {count} → {otherCount} values");
        }

        // Indexing an array of JSON walks it from its start each time; enumerating does not.
        using var others = second.EnumerateArray();
        var index = 0;
        foreach (var element in first.EnumerateArray())
        {
            if (!others.MoveNext())
            {
                break;
            }

            var other = others.Current;
            if (!JsonElement.DeepEquals(element, other))
            {
                Compare(string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), element, other);
            }

            index++;
        }
    }

    private void CompareNumbers(string path, JsonElement first, JsonElement second)
    {
        if (JsonElement.DeepEquals(first, second))
        {
            return;
        }

        var text = $"{path}: {first.GetRawText()} → {second.GetRawText()}";
        if (first.TryGetDouble(out var one) && second.TryGetDouble(out var other) && double.IsFinite(other - one))
        {
            _largest = Math.Max(_largest, Math.Abs(other - one));
            text += string.Create(CultureInfo.InvariantCulture, $" ({other - one:+0.######;-0.######;0})");
        }

        Value(text);
    }

    private void CompareText(string path, JsonElement first, JsonElement second)
    {
        if (!JsonElement.DeepEquals(first, second))
        {
            Value($"{path}: {Short(first)} → {Short(second)}");
        }
    }

    private void Value(string line)
    {
        _values++;
        Add(line);
    }

    private void Schema(string line)
    {
        _shapes++;
        Add(line);
    }

    private void Add(string line)
    {
        if (_details.Count < _maximum)
        {
            _details.Add(line);
        }
    }

    private static bool IsBoolean(JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False;

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        var kind => kind.ToString().ToLowerInvariant(),
    };

    private static string Short(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= ShortValue ? text : text[..ShortValue] + "…";
    }
}
