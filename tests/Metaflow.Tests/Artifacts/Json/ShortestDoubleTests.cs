using System.Globalization;
using System.Text;
using System.Text.Json;
using Metaflow.Artifacts.Json;

namespace Metaflow.Tests.Artifacts.Json;

/// <summary>Numbers are written as .NET writes them, byte for byte.</summary>
public sealed class ShortestDoubleTests
{
    /// <summary>The only two doubles whose text in .NET is that of another number: a digit too short, it reads back as the neighbour.</summary>
    private static readonly double[] WrongInDotNet = [Math.ScaleB(1, -25), BitConverter.UInt64BitsToDouble(0x0410_0000_0000_0000)];

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(1.0, "1")]
    [InlineData(0.1, "0.1")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(-123.456, "-123.456")]
    [InlineData(1e-4, "0.0001")]
    [InlineData(1e-5, "1E-05")]
    [InlineData(1.25e-5, "1.25E-05")]
    [InlineData(1e16, "10000000000000000")]
    [InlineData(1e17, "1E+17")]
    [InlineData(12345678901234568, "12345678901234568")]
    [InlineData(1234567890123456.8, "1234567890123456.8")]
    [InlineData(1e22, "1E+22")]
    [InlineData(1e23, "1E+23")]
    [InlineData(5e-324, "5E-324")]
    [InlineData(double.MaxValue, "1.7976931348623157E+308")]
    [InlineData(2.2250738585072014E-308, "2.2250738585072014E-308")]
    public void Format_Double_IsTheShortestText(double value, string expected) => Assert.Equal(expected, Text(value));

    [Theory]
    [InlineData(-0f, "-0")]
    [InlineData(0.1f, "0.1")]
    [InlineData(16777216f, "16777216")]
    [InlineData(123456784f, "123456780")]
    [InlineData(1e9f, "1E+09")]
    [InlineData(1e-45f, "1E-45")]
    [InlineData(float.MaxValue, "3.4028235E+38")]
    public void Format_Float_IsTheShortestText(float value, string expected)
    {
        var text = new byte[ShortestDouble.MaximumLength];

        Assert.Equal(expected, Encoding.ASCII.GetString(text, 0, ShortestDouble.Format(value, text)));
    }

    [Fact]
    public void Format_PowersOfTwoAndTheirNeighbours_AreAsInDotNet()
    {
        for (var exponent = 0UL; exponent < 0x7FF; exponent++)
        {
            for (var off = -2; off <= 2; off++)
            {
                Same(BitConverter.UInt64BitsToDouble((exponent << 52) + (ulong)off));
            }
        }

        for (var exponent = 0U; exponent < 0xFF; exponent++)
        {
            for (var off = -2; off <= 2; off++)
            {
                Same(BitConverter.UInt32BitsToSingle((exponent << 23) + (uint)off));
            }
        }
    }

    [Fact]
    public void Format_PowersOfTenAndTheirNeighbours_AreAsInDotNet()
    {
        for (var exponent = -324; exponent <= 308; exponent++)
        {
            foreach (var digit in "1259")
            {
                var value = double.Parse($"{digit}E{exponent}", CultureInfo.InvariantCulture);
                Same(value);
                Same(Math.BitIncrement(value));
                Same(Math.BitDecrement(value));
                Same((float)value);
            }
        }
    }

    [Fact]
    public void Format_SmallSubnormalsAndIntegers_AreAsInDotNet()
    {
        for (var bits = 1UL; bits <= 20_000; bits++)
        {
            Same(BitConverter.UInt64BitsToDouble(bits));
            Same(BitConverter.UInt32BitsToSingle((uint)bits));
            Same((double)bits);
            Same((1L << 53) + (long)bits - 10_000.0);
            Same((1L << 24) + (float)bits - 10_000);

            // Ties of the digit that is left out, as the decimals of money and of halves have them.
            Same(bits / 8.0);
            Same(bits / 1000.0);
            Same((1L << 52) + (bits * 0.5));
        }
    }

    [Fact]
    public void Format_RandomBits_AreAsInDotNet()
    {
        var random = new Random(20);
        for (var i = 0; i < 1_000_000; i++)
        {
            Same(BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)));
            Same(random.NextDouble());
        }
    }

    [Fact]
    public void Format_FloatsOfAllSizes_AreAsInDotNet()
    {
        for (var bits = 0L; bits <= uint.MaxValue; bits += 8_191)
        {
            Same(BitConverter.UInt32BitsToSingle((uint)bits));
        }
    }

    [Fact]
    public void Format_WhereDotNetIsWrong_ReadsBack()
    {
        foreach (var value in WrongInDotNet)
        {
            Assert.Equal(value, double.Parse(Text(value), CultureInfo.InvariantCulture));
        }

        Assert.Equal("2.9802322387695312E-08", Text(WrongInDotNet[0]));
    }

    [Fact]
    public void Format_AnyDouble_IsWhatTheJsonWriterWrites()
    {
        var random = new Random(21);
        var values = Enumerable.Range(0, 5_000).Select(i => Math.ScaleB(random.NextDouble() - 0.5, (i % 200) - 100)).ToArray();

        Assert.Equal(JsonSerializer.Serialize(values), $"[{string.Join(',', values.Select(Text))}]");
    }

    private static string Text(double value)
    {
        var text = new byte[ShortestDouble.MaximumLength];
        return Encoding.ASCII.GetString(text, 0, ShortestDouble.Format(value, text));
    }

    private static void Same(double value)
    {
        if (!double.IsFinite(value) || WrongInDotNet.AsSpan().Contains(Math.Abs(value)))
        {
            return;
        }

        Span<byte> expected = stackalloc byte[32], actual = stackalloc byte[32];
        value.TryFormat(expected, out var length, default, CultureInfo.InvariantCulture);
        if (!expected[..length].SequenceEqual(actual[..ShortestDouble.Format(value, actual)]))
        {
            Assert.Equal(Encoding.ASCII.GetString(expected[..length]), Text(value));
        }
    }

    private static void Same(float value)
    {
        if (!float.IsFinite(value))
        {
            return;
        }

        Span<byte> expected = stackalloc byte[32], actual = stackalloc byte[32];
        value.TryFormat(expected, out var length, default, CultureInfo.InvariantCulture);
        actual = actual[..ShortestDouble.Format(value, actual)];
        if (!expected[..length].SequenceEqual(actual))
        {
            Assert.Equal(Encoding.ASCII.GetString(expected[..length]), Encoding.ASCII.GetString(actual));
        }
    }
}
