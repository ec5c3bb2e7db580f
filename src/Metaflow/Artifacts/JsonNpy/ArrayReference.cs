using System.Buffers.Text;
using System.Text.Json;

namespace Metaflow.Artifacts.JsonNpy;

/// <summary>
/// What stands in the JSON for an array: <c>{"$npy":[section,start,count]}</c>, always these very bytes, so that it can be
/// found without parsing. Inside a JSON string its quotes would be escaped.
/// </summary>
/// <param name="Section">The section, from 1.</param>
/// <param name="Start">The first element.</param>
/// <param name="Count">The number of elements.</param>
internal readonly record struct ArrayReference(int Section, long Start, int Count)
{
    /// <summary>The longest text.</summary>
    public const int MaximumLength = 64;

    /// <summary>The member that a reference has; an object of the user's that has it is not packed.</summary>
    public static ReadOnlySpan<byte> Member => "\"$npy\""u8;

    private static ReadOnlySpan<byte> Opening => "{\"$npy\":["u8;

    private static ReadOnlySpan<byte> End => "]}"u8;

    /// <summary>Writes a reference and returns its length.</summary>
    public static int Write(Span<byte> text, int section, long start, int count)
    {
        Opening.CopyTo(text);
        var at = Opening.Length;
        at += Number(text[at..], section);
        text[at++] = (byte)',';
        at += Number(text[at..], start);
        text[at++] = (byte)',';
        at += Number(text[at..], count);
        End.CopyTo(text[at..]);
        return at + End.Length;
    }

    /// <summary>Finds the next reference.</summary>
    /// <param name="text">JSON.</param>
    /// <param name="at">Where it begins.</param>
    /// <param name="length">Its length.</param>
    /// <param name="reference">The reference.</param>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="JsonException">There is something that only begins like one.</exception>
    public static bool TryFind(ReadOnlySpan<byte> text, out int at, out int length, out ArrayReference reference)
    {
        (length, reference) = (0, default);
        at = text.IndexOf(Opening);
        if (at < 0)
        {
            return false;
        }

        var rest = text[(at + Opening.Length)..];
        if (!TryNumber(ref rest, out var section) || !TryTake(ref rest, ","u8) || !TryNumber(ref rest, out var start)
            || !TryTake(ref rest, ","u8) || !TryNumber(ref rest, out var count) || !TryTake(ref rest, End)
            || section > int.MaxValue || count > int.MaxValue)
        {
            throw Malformed();
        }

        length = text.Length - at - rest.Length;
        reference = new((int)section, start, (int)count);
        return true;
    }

    /// <summary>Reads a reference whose first token the reader is on; leaves it on the last.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static ArrayReference Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject || !reader.Read() || !reader.ValueTextEquals("$npy"u8)
            || !reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            throw Malformed();
        }

        var (section, start, count) = (Number(ref reader), Number(ref reader), Number(ref reader));
        return reader.Read() && reader.TokenType == JsonTokenType.EndArray && reader.Read() && reader.TokenType == JsonTokenType.EndObject
            && section <= int.MaxValue && count <= int.MaxValue
            ? new((int)section, start, (int)count)
            : throw Malformed();
    }

    private static JsonException Malformed() => new("A reference to an array is malformed.");

    private static long Number(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number >= 0
            ? number
            : throw Malformed();

    private static int Number(Span<byte> text, long number)
    {
        Utf8Formatter.TryFormat(number, text, out var written);
        return written;
    }

    private static bool TryNumber(ref ReadOnlySpan<byte> text, out long number)
    {
        if (!Utf8Parser.TryParse(text, out number, out var length) || number < 0)
        {
            return false;
        }

        text = text[length..];
        return true;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> expected)
    {
        if (!text.StartsWith(expected))
        {
            return false;
        }

        text = text[expected.Length..];
        return true;
    }
}
