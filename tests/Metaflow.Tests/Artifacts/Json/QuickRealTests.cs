using System.Globalization;
using System.Text;
using Metaflow.Artifacts.Json;

namespace Metaflow.Tests.Artifacts.Json;

/// <summary>What is read the quick way is what .NET reads, and only what the exact way accepts.</summary>
public sealed class QuickRealTests
{
    [Theory]
    [InlineData("0", 0.0)]
    [InlineData("-0", -0.0)]
    [InlineData("-0.000", -0.0)]
    [InlineData("0e5", 0.0)]
    [InlineData("9007199254740992", 9007199254740992.0)]
    [InlineData("0.1", 0.1)]
    [InlineData("12.5e+3", 12500.0)]
    [InlineData("1E-05", 1e-5)]
    [InlineData("0.000000000000000012345678901234567", 1.2345678901234567E-17)]
    [InlineData("1.7976931348623157E+307", 1.7976931348623157E+307)]
    [InlineData("2.2250738585072014E-270", 2.2250738585072014E-270)]
    [InlineData("12345678901234567e-100", 1.2345678901234567E-84)]
    public void TryParse_Common_IsRead(string text, double expected)
    {
        Assert.True(QuickReal.TryParse<double>(Encoding.ASCII.GetBytes(text), out var value));
        Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData(".5")]
    [InlineData("1.")]
    [InlineData("01")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1e5.")]
    [InlineData("1.5x")]
    [InlineData("1 ")]
    [InlineData("12345678x")]
    [InlineData("1e99999")]
    [InlineData("1e400")]
    [InlineData("5e-324")]
    [InlineData("9007199254740993")]
    [InlineData("18446744073709551616")]
    [InlineData("18446744073709551616.5")]
    [InlineData("100000000000000000000000000000000")]
    [InlineData("0.123456789012345678")]
    public void TryParse_NoNumberOrADoubtfulOne_IsLeftToOthers(string text)
    {
        Assert.False(QuickReal.TryParse<double>(Encoding.ASCII.GetBytes(text), out _));
        Assert.False(QuickReal.TryParse<float>(Encoding.ASCII.GetBytes(text), out _));
    }

    [Fact]
    public void TryParse_OtherTypes_AreLeftToOthers()
    {
        Assert.False(QuickReal.TryParse<Half>("1"u8, out _));
        Assert.False(QuickReal.TryParse<decimal>("1"u8, out _));
        Assert.False(QuickReal.TryParse<int>("1"u8, out _));
    }

    [Fact]
    public void TryParse_RandomTexts_AreAsInDotNet()
    {
        var random = new Random(22);
        Span<byte> text = stackalloc byte[64];
        var read = 0;
        for (var i = 0; i < 1_000_000; i++)
        {
            // 1 to 20 digits, a point anywhere or nowhere, half of them with an exponent.
            var length = 0;
            var digits = random.Next(1, 21);
            var point = random.Next(0, digits);
            text[length++] = (byte)random.Next('1', '9' + 1);
            for (var digit = 1; digit < digits; digit++)
            {
                if (digit == point)
                {
                    text[length++] = (byte)'.';
                }

                text[length++] = (byte)random.Next('0', '9' + 1);
            }

            if (i % 2 == 0)
            {
                text[length++] = (byte)'e';
                random.Next(-330, 310).TryFormat(text[length..], out var more, default, CultureInfo.InvariantCulture);
                length += more;
            }

            read += Check(text[..length]) ? 1 : 0;
        }

        Assert.InRange(read, 700_000, 1_000_000);
    }

    [Fact]
    public void TryParse_WhatIsWritten_ReadsBack()
    {
        var random = new Random(23);
        Span<byte> text = stackalloc byte[ShortestDouble.MaximumLength];
        for (var i = 0; i < 150_000; i++)
        {
            Check(text[..ShortestDouble.Format(random.NextDouble(), text)]);
            Check(text[..ShortestDouble.Format(random.NextSingle(), text)]);
            Check(text[..ShortestDouble.Format(Finite(random.NextInt64()), text)]);
            Check(text[..ShortestDouble.Format(Finite(random.Next()), text)]);
        }
    }

    [Fact]
    public void TryParse_HalfwayBetweenTwoValues_IsAsInDotNet()
    {
        // Integers between 2^53 and 2^56, halves and quarters below: ties to even, and their decimal neighbours.
        for (var i = 1L; i < 8_000; i++)
        {
            foreach (var tie in new[] { (1L << 53) + i, (1L << 54) + (2 * i), (1L << 54) + (4 * i) + 2, (1L << 24) + i, (1L << 25) + (2 * i) })
            {
                Check(Encoding.ASCII.GetBytes($"{tie}e0"));
                Check(Encoding.ASCII.GetBytes($"{tie}.0"));
                Check(Encoding.ASCII.GetBytes($"{tie}e22"));
                Check(Encoding.ASCII.GetBytes($"{tie}e-3"));
            }

            Check(Encoding.ASCII.GetBytes(((1L << 51) + i + 0.25m).ToString(CultureInfo.InvariantCulture)));
            Check(Encoding.ASCII.GetBytes(((1L << 22) + i + 0.25m).ToString(CultureInfo.InvariantCulture)));
        }
    }

    private static double Finite(long bits) => BitConverter.Int64BitsToDouble(bits) is var value && double.IsFinite(value) ? value : 1;

    private static float Finite(int bits) => BitConverter.Int32BitsToSingle(bits) is var value && float.IsFinite(value) ? value : 1;

    private static bool Check(ReadOnlySpan<byte> text)
    {
        var isRead = QuickReal.TryParse<double>(text, out var value);
        if (isRead)
        {
            var expected = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
            if (BitConverter.DoubleToInt64Bits(expected) != BitConverter.DoubleToInt64Bits(value) || !ExactNumber.Holds(text, value))
            {
                Assert.Fail($"{Encoding.ASCII.GetString(text)} is {expected:R}, not {value:R}, or not held exactly.");
            }
        }

        if (QuickReal.TryParse<float>(text, out var single))
        {
            var expected = float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
            if (BitConverter.SingleToInt32Bits(expected) != BitConverter.SingleToInt32Bits(single) || !ExactNumber.Holds(text, single))
            {
                Assert.Fail($"{Encoding.ASCII.GetString(text)} is {expected:R}, not {single:R}, or not held exactly.");
            }
        }

        return isRead;
    }
}
