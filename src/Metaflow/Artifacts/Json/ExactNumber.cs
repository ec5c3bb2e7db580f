using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Metaflow.Artifacts.Json;

/// <summary>
/// Numbers are read only into types that hold them: an integer of 19 digits does not become a rounded double, and a
/// double does not become a float with half its digits.
/// </summary>
internal static class ExactNumber
{
    /// <summary>The most digits of a number; longer ones are refused before any arithmetic is done on them.</summary>
    public const int MaximumDigits = 100_000;

    private const NumberStyles Styles =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>Reads a JSON number.</summary>
    /// <param name="text">A number as JSON defines it.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether <typeparamref name="T"/> holds that very number.</returns>
    public static bool TryParse<T>(ReadOnlySpan<byte> text, out T value)
        where T : struct, INumberBase<T>
    {
        if (QuickReal.TryParse(text, out value))
        {
            return true;
        }

        if (text.Length > MaximumDigits)
        {
            value = default;
            return false;
        }

        if (typeof(T) == typeof(double) || typeof(T) == typeof(float) || typeof(T) == typeof(Half)
            || typeof(T) == typeof(decimal))
        {
            return T.TryParse(text, Styles, CultureInfo.InvariantCulture, out value) && Holds(text, value);
        }

        return T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Whether <paramref name="value"/>, parsed from <paramref name="text"/>, is the number that the text says.</summary>
    public static bool Holds<T>(ReadOnlySpan<byte> text, T value)
        where T : struct, INumberBase<T>
    {
        // The shortest text of a value has at most this many digits; with fewer, no two texts share a value.
        var (digits, sure) = typeof(T) == typeof(double) ? (17, 15)
            : typeof(T) == typeof(float) ? (9, 6)
            : typeof(T) == typeof(Half) ? (5, 3)
            : (29, 0);
        if (text.Length <= sure && text.IndexOfAny((byte)'e', (byte)'E') < 0)
        {
            return true;
        }

        var number = DecimalText.Of(text);
        if (typeof(T) == typeof(decimal))
        {
            // A decimal rounds silently past its 28 places and its 96 bits.
            return number.Digits <= 28 && number.Scale <= 28
                || SameNumber(text, value, number);
        }

        if (!T.IsFinite(value) || (T.IsZero(value) && number.Digits > 0))
        {
            return false;
        }

        return number.IsWrittenAsInteger ? IsSameInteger(text, value, number, sure) : number.Digits <= digits;
    }

    private static bool IsSameInteger<T>(ReadOnlySpan<byte> text, T value, in DecimalText number, int sure)
        where T : struct, INumberBase<T>
    {
        if (number.Digits <= sure)
        {
            return true;
        }

        return text.Length <= 400
            && BigInteger.TryParse(
                Encoding.ASCII.GetString(text), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            && BigInteger.CreateChecked(value) == whole;
    }

    private static bool SameNumber<T>(ReadOnlySpan<byte> text, T value, in DecimalText number)
        where T : struct, INumberBase<T>
    {
        Span<byte> written = stackalloc byte[64];
        return number.Digits <= 29
            && value.TryFormat(written, out var length, default, CultureInfo.InvariantCulture)
            && DecimalText.Of(written[..length]).Equals(number)
            && DigitsOf(written[..length]).SequenceEqual(DigitsOf(text));
    }

    private static string DigitsOf(ReadOnlySpan<byte> text)
    {
        var mantissa = text.IndexOfAny((byte)'e', (byte)'E') is var e and >= 0 ? text[..e] : text;
        var digits = new char[mantissa.Length];
        var count = 0;
        foreach (var c in mantissa)
        {
            if (c is >= (byte)'0' and <= (byte)'9')
            {
                digits[count++] = (char)c;
            }
        }

        return new string(digits, 0, count).Trim('0');
    }

    /// <summary>How a number is written: its significant digits, and the power of ten of the last of them, negated.</summary>
    private readonly record struct DecimalText(int Digits, long Scale, bool IsWrittenAsInteger)
    {
        public static DecimalText Of(ReadOnlySpan<byte> text)
        {
            var e = text.IndexOfAny((byte)'e', (byte)'E');
            var mantissa = e < 0 ? text : text[..e];
            var exponent = 0L;
            if (e >= 0 && !(Utf8Parser.TryParse(text[(e + 1)..].TrimStart((byte)'+'), out exponent, out _)
                && exponent is > -1_000_000 and < 1_000_000))
            {
                exponent = text[e + 1] == (byte)'-' ? -1_000_000 : 1_000_000;
            }

            var point = mantissa.IndexOf((byte)'.');
            var first = mantissa.IndexOfAnyInRange((byte)'1', (byte)'9');
            if (first < 0)
            {
                return new(0, 0, point < 0 && e < 0);
            }

            var last = mantissa.LastIndexOfAnyInRange((byte)'1', (byte)'9');
            var digits = last - first + 1 - (point > first && point < last ? 1 : 0);
            var places = point < 0 ? last + 1 - mantissa.Length : last < point ? last + 1 - point : last - point;
            return new(digits, places - exponent, point < 0 && e < 0);
        }

        public bool Equals(DecimalText other) => Digits == other.Digits && Scale == other.Scale;

        public override int GetHashCode() => HashCode.Combine(Digits, Scale);
    }
}
