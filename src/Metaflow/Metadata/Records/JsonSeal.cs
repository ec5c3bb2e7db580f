using System.Globalization;
using System.Text;
using System.Text.Json;
using Metaflow.Storage;

namespace Metaflow.Metadata.Records;

/// <summary>
/// A JSON object in a file of its own whose last field is the checksum of what stands before it. Files of older programs have
/// none and are read as they are.
/// </summary>
internal static class JsonSeal
{
    /// <summary>The length of a checksum in hexadecimal digits.</summary>
    private const int Digits = 8;

    private static ReadOnlySpan<byte> Field => ",\"crc\":\""u8;

    private static ReadOnlySpan<byte> End => "\"}"u8;

    /// <summary>The object with its checksum.</summary>
    /// <param name="json">A JSON object with a field, without space at its end.</param>
    public static byte[] Seal(ReadOnlySpan<byte> json) =>
        [.. json[..^1], .. Field, .. Encoding.ASCII.GetBytes(Checksum(json[..^1])), .. End];

    /// <summary>Insists that an object with a checksum is what was written.</summary>
    /// <exception cref="JsonException">It is not.</exception>
    public static void Require(ReadOnlySpan<byte> json)
    {
        if (IsSealed(json) && !Encoding.ASCII.GetString(json[^(Digits + End.Length)..^End.Length]).Equals(Checksum(Content(json)), StringComparison.Ordinal))
        {
            throw new JsonException("Its checksum is wrong.");
        }
    }

    /// <summary>Whether an object says that it has a checksum. A flipped bit in a longer file must not hide that, so it counts anywhere.</summary>
    private static bool IsSealed(ReadOnlySpan<byte> json) => json.IndexOf(Field) >= 0;

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> json)
    {
        var tail = Field.Length + Digits + End.Length;
        return json.Length > tail && json[^tail..].StartsWith(Field) && json.EndsWith(End)
            ? json[..^tail]
            : throw new JsonException("What follows its checksum was not written so.");
    }

    private static string Checksum(ReadOnlySpan<byte> bytes) => SegmentFormat.ChecksumOf(bytes).ToString("x8", CultureInfo.InvariantCulture);
}
