using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Metaflow.Artifacts.Json;

/// <summary>
/// Reads most JSON numbers as doubles and floats, rounded to the nearest, several times faster than .NET: one
/// multiplication by a power of ten decides nearly all. What it leaves undecided, and what it does not know for sure to be
/// the very number that the text says, is for <see cref="ExactNumber"/>.
/// </summary>
internal static class QuickReal
{
    private static ReadOnlySpan<double> Tens =>
    [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
        1e21, 1e22,
    ];

    /// <summary>Reads a JSON number.</summary>
    /// <returns>Whether <typeparamref name="T"/> is known to hold it, as <see cref="ExactNumber.Holds"/> means that.</returns>
    public static bool TryParse<T>(ReadOnlySpan<byte> text, out T value)
        where T : struct, INumberBase<T>
    {
        if (typeof(T) == typeof(double) && Decimal.TryParse(text, out var number) && TryRound(number, out double wide))
        {
            value = (T)(object)wide;
            return true;
        }

        if (typeof(T) == typeof(float) && Decimal.TryParse(text, out number) && TryRound(number, out float narrow))
        {
            value = (T)(object)narrow;
            return true;
        }

        value = default;
        return false;
    }

    private static bool TryRound(in Decimal number, out double value)
    {
        const int FractionBits = 52;
        const ulong LargestInteger = 1UL << (FractionBits + 1);
        var (digits, exponent) = (number.Digits, number.Exponent);
        if (digits <= LargestInteger && exponent is >= -22 and <= 22)
        {
            // Both operands are exact, so that the operation rounds once.
            value = exponent < 0 ? (long)digits / Tens[-exponent] : (long)digits * Tens[exponent];
        }
        else if (!number.IsInteger && TryScale(digits, exponent, FractionBits + 1, out var significand, out var q)
            && q + 1075 is > 0 and < 2046)
        {
            value = BitConverter.UInt64BitsToDouble(((ulong)(q + 1074) << FractionBits) + significand);
        }
        else
        {
            Unsafe.SkipInit(out value);
            return false;
        }

        value = number.IsNegative ? -value : value;
        return true;
    }

    private static bool TryRound(in Decimal number, out float value)
    {
        const int FractionBits = 23;
        const ulong LargestInteger = 1UL << (FractionBits + 1);
        const ulong NineDigits = 1_000_000_000;
        var (digits, exponent) = (number.Digits, number.Exponent);
        if (digits <= LargestInteger && exponent is >= -10 and <= 10)
        {
            value = exponent < 0 ? (int)digits / (float)Tens[-exponent] : (int)digits * (float)Tens[exponent];
        }
        else if (!number.IsInteger && digits < NineDigits
            && TryScale(digits, exponent, FractionBits + 1, out var significand, out var q)
            && q + 150 is > 0 and < 254)
        {
            value = BitConverter.UInt32BitsToSingle(((uint)(q + 149) << FractionBits) + (uint)significand);
        }
        else
        {
            Unsafe.SkipInit(out value);
            return false;
        }

        value = number.IsNegative ? -value : value;
        return true;
    }

    /// <summary>Rounds digits × 10^exponent to significand × 2^q, where the significand has so many bits or is the next power of two.</summary>
    /// <returns>Whether the table of powers decides it.</returns>
    private static bool TryScale(ulong digits, int exponent, int bits, out ulong significand, out int q)
    {
        (significand, q) = (0, 0);
        if (digits == 0 || exponent is < PowersOfTen.Smallest or > PowersOfTen.Largest)
        {
            return false;
        }

        var (high, low) = PowersOfTen.Get(exponent);
        var shift = BitOperations.LeadingZeroCount(digits);
        var carried = Math.BigMul(digits << shift, low, out var rest);
        var top = Math.BigMul(digits << shift, high, out var middle);
        middle += carried;
        top += middle < carried ? 1UL : 0UL;

        var dropped = 63 - bits + (int)(top >> 63);
        var half = 1UL << (dropped - 1);
        var tail = top & ((half << 1) - 1);
        significand = top >> dropped;
        q = dropped + 1 - shift + PowersOfTen.FloorLog2(exponent);

        // The power was rounded up by less than one in the lowest place, and the product is less than one in the middle too
        // large: only here may that matter.
        if (tail == half && middle == 0)
        {
            if (exponent is < 0 or > PowersOfTen.LargestExact)
            {
                return false;
            }

            significand += rest > 0 ? 1 : significand & 1;
            return true;
        }

        significand += tail >= half ? 1UL : 0UL;
        return true;
    }

    /// <summary>A number as it is written: digits × 10^exponent, at most 17 digits.</summary>
    private readonly ref struct Decimal
    {
        private const int MaximumDigits = 17;

        public ulong Digits { get; private init; }

        public int Exponent { get; private init; }

        public bool IsNegative { get; private init; }

        /// <summary>Whether it has neither a point nor an exponent; it is then meant to be that integer and no other.</summary>
        public bool IsInteger { get; private init; }

        public static bool TryParse(ReadOnlySpan<byte> text, out Decimal number)
        {
            number = default;
            var isNegative = text is [(byte)'-', ..];
            var start = isNegative ? 1 : 0;
            var (digits, exponent, isInteger) = (0UL, 0, true);
            var i = TakeDigits(text, start, ref digits);
            if (i == start || (i > start + 1 && text[start] == '0'))
            {
                return false;
            }

            // Not by the value: that of too many digits is anything.
            var count = text[start] == '0' ? 0 : i - start;

            if (i < text.Length && text[i] == '.')
            {
                isInteger = false;
                var point = ++i;
                if (count == 0)
                {
                    while (i < text.Length && text[i] == '0')
                    {
                        i++;
                    }
                }

                var first = i;
                i = TakeDigits(text, i, ref digits);
                count += i - first;
                exponent = point - i;
                if (i == point)
                {
                    return false;
                }
            }

            if (count > MaximumDigits || (i < text.Length && !TryTakeExponent(text[i..], ref exponent)))
            {
                return false;
            }

            isInteger &= i == text.Length;
            number = new() { Digits = digits, Exponent = exponent, IsNegative = isNegative, IsInteger = isInteger };
            return true;
        }

        private static int TakeDigits(ReadOnlySpan<byte> text, int i, ref ulong digits)
        {
            var sum = digits;
            while (text.Length - i >= 8 && TryTakeEight(text.Slice(i, 8), out var eight))
            {
                sum = (sum * 100_000_000) + eight;
                i += 8;
            }

            while (i < text.Length && text[i] - (uint)'0' is <= 9 and var digit)
            {
                sum = (sum * 10) + digit;
                i++;
            }

            digits = sum;
            return i;
        }

        /// <summary>Eight digits at once: pairs, then fours, then all.</summary>
        private static bool TryTakeEight(ReadOnlySpan<byte> text, out ulong value)
        {
            var bytes = BinaryPrimitives.ReadUInt64LittleEndian(text);
            value = bytes - 0x3030_3030_3030_3030;
            if ((((bytes + 0x4646_4646_4646_4646) | value) & 0x8080_8080_8080_8080) != 0)
            {
                return false;
            }

            value = (value * 10) + (value >> 8);
            value = (((value & 0x0000_00FF_0000_00FF) * 0x000F_4240_0000_0064)
                + (((value >> 16) & 0x0000_00FF_0000_00FF) * 0x0000_2710_0000_0001)) >> 32;
            return true;
        }

        private static bool TryTakeExponent(ReadOnlySpan<byte> text, ref int exponent)
        {
            if ((text[0] | 0x20) != 'e')
            {
                return false;
            }

            var isNegative = text.Length > 1 && text[1] == '-';
            var digits = text[(isNegative || (text.Length > 1 && text[1] == '+') ? 2 : 1)..];
            if (digits.Length is 0 or > 4)
            {
                return false;
            }

            var size = 0;
            foreach (var c in digits)
            {
                if (c - (uint)'0' > 9)
                {
                    return false;
                }

                size = (size * 10) + (c - '0');
            }

            exponent += isNegative ? -size : size;
            return true;
        }
    }
}
