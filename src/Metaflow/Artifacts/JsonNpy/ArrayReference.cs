using System.Buffers.Text;
using System.Text.Json;
using Metaflow.Artifacts.Npy;

namespace Metaflow.Artifacts.JsonNpy;

/// <summary>
/// What stands in the JSON for an array: <c>{"$npy":[section,start,length]}</c>, with more lengths for more dimensions,
/// always without blanks, so that it can be found without parsing. Inside a JSON string its quotes would be escaped.
/// </summary>
/// <param name="Section">The section, from 1.</param>
/// <param name="Start">The first element.</param>
/// <param name="Shape">The length of each dimension; the last index varies fastest.</param>
internal readonly record struct ArrayReference(int Section, long Start, int[] Shape)
{
    private const int LongestNumber = 20;

    /// <summary>The member that a reference has; an object of the user's that has it is not packed.</summary>
    public static ReadOnlySpan<byte> Member => "\"$npy\""u8;

    private static ReadOnlySpan<byte> Opening => "{\"$npy\":["u8;

    private static ReadOnlySpan<byte> Closing => "]}"u8;

    /// <summary>The number of elements; -1 if it is more than an array can have.</summary>
    public long Count
    {
        get
        {
            var count = 1L;
            foreach (var length in Shape)
            {
                count *= length;
                if (count > Array.MaxLength)
                {
                    return -1;
                }
            }

            return count;
        }
    }

    /// <summary>The longest text of a reference to an array with some dimensions.</summary>
    public static int MaximumLength(int rank) => Opening.Length + ((LongestNumber + 1) * (2 + rank)) + Closing.Length;

    /// <summary>Writes a reference and returns its length.</summary>
    public static int Write(Span<byte> text, int section, long start, ReadOnlySpan<int> shape)
    {
        Opening.CopyTo(text);
        var at = Opening.Length;
        at += Number(text[at..], section);
        text[at++] = (byte)',';
        at += Number(text[at..], start);
        foreach (var length in shape)
        {
            text[at++] = (byte)',';
            at += Number(text[at..], length);
        }

        Closing.CopyTo(text[at..]);
        return at + Closing.Length;
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

        // The reader stops behind the reference; what follows is the rest of the document.
        var reader = new Utf8JsonReader(text[at..], isFinalBlock: false, default);
        reference = reader.Read() ? Read(ref reader) : throw Malformed();
        length = (int)reader.BytesConsumed;
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

        var section = reader.Read() ? Number(ref reader) : throw Malformed();
        var start = reader.Read() ? Number(ref reader) : throw Malformed();
        Span<int> shape = stackalloc int[NpyHeader.MaximumRank];
        var rank = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            shape[rank] = rank < shape.Length && Number(ref reader) is <= int.MaxValue and var length ? (int)length : throw Malformed();
            rank++;
        }

        return rank > 0 && section <= int.MaxValue && reader.Read() && reader.TokenType == JsonTokenType.EndObject
            ? new((int)section, start, shape[..rank].ToArray())
            : throw Malformed();
    }

    private static JsonException Malformed() => new("A reference to an array is malformed.");

    private static long Number(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number >= 0 ? number : throw Malformed();

    private static int Number(Span<byte> text, long number)
    {
        Utf8Formatter.TryFormat(number, text, out var written);
        return written;
    }
}
