using System.Buffers;

namespace Metaflow.Artifacts.Json;

/// <summary>The little of JSON's grammar that single values need, without loading System.Text.Json.</summary>
internal static class JsonText
{
    private static ReadOnlySpan<byte> WhiteSpace => " \t\r\n"u8;

    /// <summary>Whether the whole content is <c>null</c>.</summary>
    public static bool IsNull(in ReadOnlySequence<byte> content) =>
        content.Length >= 4 && content.FirstSpan.Length > 0
        && content.FirstSpan[0] is (byte)'n' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'
        && content.Length < 64
        && Trim(content.IsSingleSegment ? content.FirstSpan : content.ToArray()).SequenceEqual("null"u8);

    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(WhiteSpace);

    /// <summary>Whether the text is a number as JSON defines it: no plus sign, no leading zeros, digits around the point.</summary>
    public static bool IsNumber(ReadOnlySpan<byte> text)
    {
        var rest = text.StartsWith((byte)'-') ? text[1..] : text;
        var whole = Digits(rest);
        if (whole == 0 || (whole > 1 && rest[0] == (byte)'0'))
        {
            return false;
        }

        rest = rest[whole..];
        if (rest.StartsWith((byte)'.'))
        {
            var fraction = Digits(rest[1..]);
            if (fraction == 0)
            {
                return false;
            }

            rest = rest[(1 + fraction)..];
        }

        if (!rest.IsEmpty && rest[0] is (byte)'e' or (byte)'E')
        {
            rest = rest[1..];
            rest = !rest.IsEmpty && rest[0] is (byte)'+' or (byte)'-' ? rest[1..] : rest;
            var exponent = Digits(rest);
            return exponent > 0 && exponent == rest.Length;
        }

        return rest.IsEmpty;
    }

    private static int Digits(ReadOnlySpan<byte> text)
    {
        var other = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return other < 0 ? text.Length : other;
    }
}
