using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Artifacts.JsonNpy;
using Metaflow.Artifacts.Npy;

namespace Metaflow.Comparison;

/// <summary>
/// Whether two values are the same but for rounding: numbers a and b are when |a − b| ≤ tolerance × max(1, |a|, |b|), and all else when
/// it is identical.
/// </summary>
internal sealed class ToleranceTest(double tolerance)
{
    private const int Chunk = 16 * 1024;
    private const int ShortValue = 60;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 512 };

    /// <summary>The first difference that rounding does not explain; <see langword="null"/> if there is none.</summary>
    /// <param name="encoding">The format of the first.</param>
    /// <param name="first">The first value.</param>
    /// <param name="otherEncoding">The format of the second: the same, or both are kept as JSON.</param>
    /// <param name="second">The second value.</param>
    public string? FirstDifference(string encoding, in ReadOnlySequence<byte> first, string otherEncoding, in ReadOnlySequence<byte> second)
    {
        try
        {
            return encoding switch
            {
                Encodings.Json or Encodings.JsonNpy => OfJson(Json(encoding, first), Json(otherEncoding, second)),
                Encodings.Npy => OfArrays(first, second),
                Encodings.Text => OfText(first, second),
                _ => OfBytes(first, second),
            };
        }
        catch (JsonException)
        {
            // Something that only claims to be JSON.
            return OfBytes(first, second);
        }
    }

    /// <summary>Whether two numbers are equal but for rounding.</summary>
    public bool AreEqual(double first, double second) =>
        first.Equals(second) || Math.Abs(first - second) <= tolerance * Math.Max(1, Math.Max(Math.Abs(first), Math.Abs(second)));

    private static ReadOnlySequence<byte> Json(string encoding, in ReadOnlySequence<byte> content) =>
        JsonNpyContent.TryExpand(encoding, content) ?? throw new JsonException("An object with arrays is damaged.");

    private string? OfJson(in ReadOnlySequence<byte> first, in ReadOnlySequence<byte> second)
    {
        using var one = JsonDocument.Parse(first, Options);
        using var other = JsonDocument.Parse(second, Options);
        return OfJson("$", one.RootElement, other.RootElement);
    }

    private string? OfJson(string path, JsonElement first, JsonElement second)
    {
        if (first.ValueKind != second.ValueKind)
        {
            return Text(path, first, second);
        }

        return first.ValueKind switch
        {
            JsonValueKind.Object => OfMembers(path, first, second),
            JsonValueKind.Array => OfElements(path, first, second),
            JsonValueKind.Number => AreEqual(first, second) ? null : Text(path, first, second),
            _ => JsonElement.DeepEquals(first, second) ? null : Text(path, first, second),
        };
    }

    private string? OfMembers(string path, JsonElement first, JsonElement second)
    {
        var others = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in second.EnumerateObject())
        {
            others[member.Name] = member.Value;
        }

        foreach (var member in first.EnumerateObject())
        {
            if (!others.Remove(member.Name, out var other))
            {
                return $"{path}.{member.Name} is missing";
            }

            if (OfJson($"{path}.{member.Name}", member.Value, other) is { } difference)
            {
                return difference;
            }
        }

        return others.Count == 0 ? null : $"{path}.{others.Keys.First()} was added";
    }

    private string? OfElements(string path, JsonElement first, JsonElement second)
    {
        var (count, otherCount) = (first.GetArrayLength(), second.GetArrayLength());
        using var others = second.EnumerateArray();
        var index = 0;
        foreach (var element in first.EnumerateArray())
        {
            if (!others.MoveNext())
            {
                break;
            }

            if (OfJson(string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), element, others.Current) is { } difference)
            {
                return difference;
            }

            index++;
        }

        return count == otherCount ? null : string.Create(CultureInfo.InvariantCulture, $"{path}: {count} → {otherCount} values");
    }

    /// <summary>Whole numbers are counted, not computed, so they are equal or not.</summary>
    private bool AreEqual(JsonElement first, JsonElement second)
    {
        if (JsonElement.DeepEquals(first, second))
        {
            return true;
        }

        return !(first.TryGetInt64(out _) && second.TryGetInt64(out _))
            && first.TryGetDouble(out var one) && second.TryGetDouble(out var other) && AreEqual(one, other);
    }

    private string? OfArrays(in ReadOnlySequence<byte> first, in ReadOnlySequence<byte> second)
    {
        if (!NpyHeader.TryRead(first, out var one, out _) || !NpyHeader.TryRead(second, out var other, out _))
        {
            return OfBytes(first, second);
        }

        if (one.Type != other.Type || !one.Shape.SequenceEqual(other.Shape) || one.IsFortranOrder != other.IsFortranOrder)
        {
            return $"{one.Type.Name} ({string.Join(", ", one.Shape)}) → {other.Type.Name} ({string.Join(", ", other.Shape)})";
        }

        return ArrayDifference.IsReal(one) ? OfElements(first, one, second, other) : OfBytes(first, second);
    }

    private string? OfElements(in ReadOnlySequence<byte> first, NpyHeader one, in ReadOnlySequence<byte> second, NpyHeader other)
    {
        var isExact = one.Type.Kind != 'f';
        var (a, b) = (new double[Chunk], new double[Chunk]);
        for (var at = 0L; at < one.Count; at += Chunk)
        {
            var count = ArrayDifference.Numbers(first, one, at, a);
            ArrayDifference.Numbers(second, other, at, b);
            for (var i = 0; i < count; i++)
            {
                if (isExact ? a[i] != b[i] : !AreEqual(a[i], b[i]))
                {
                    return string.Create(CultureInfo.InvariantCulture, $"element {at + i}: {a[i]:R} → {b[i]:R}");
                }
            }
        }

        // Integers of 64 bits may differ by less than a double can tell.
        return isExact ? OfBytes(first, second) : null;
    }

    private static string? OfText(in ReadOnlySequence<byte> first, in ReadOnlySequence<byte> second)
    {
        if (OfBytes(first, second) is null)
        {
            return null;
        }

        var (one, other) = (TextDiff.Lines(Encoding.UTF8.GetString(first)), TextDiff.Lines(Encoding.UTF8.GetString(second)));
        var line = one.Zip(other).TakeWhile(pair => pair.First == pair.Second).Count();
        return string.Create(CultureInfo.InvariantCulture, $"line {line + 1}: {Short(Line(one, line))} → {Short(Line(other, line))}");
    }

    private static string Line(IReadOnlyList<string> lines, int index) => index < lines.Count ? lines[index] : "nothing";

    private static string? OfBytes(in ReadOnlySequence<byte> one, in ReadOnlySequence<byte> other)
    {
        var first = new SequenceReader<byte>(one);
        var second = new SequenceReader<byte>(other);
        while (!first.End && !second.End)
        {
            var length = Math.Min(first.UnreadSpan.Length, second.UnreadSpan.Length);
            var same = first.UnreadSpan[..length].CommonPrefixLength(second.UnreadSpan[..length]);
            first.Advance(same);
            second.Advance(same);
            if (same < length)
            {
                break;
            }
        }

        return first.End && second.End ? null : string.Create(CultureInfo.InvariantCulture, $"byte {first.Consumed} ({one.Length} → {other.Length} bytes)");
    }

    private static string Text(string path, JsonElement first, JsonElement second) => $"{path}: {Short(first.GetRawText())} → {Short(second.GetRawText())}";

    private static string Short(string text) => text.Length <= ShortValue ? text : text[..ShortValue] + "…";
}
