using System.Numerics;
using Metaflow.Artifacts.Json;

namespace Metaflow.Tests.Artifacts.Json;

public sealed class PowersOfTenTests
{
    [Fact]
    public void Get_EveryExponent_IsThePowerRoundedUp()
    {
        for (var exponent = PowersOfTen.Smallest; exponent <= PowersOfTen.Largest; exponent++)
        {
            var (high, low) = PowersOfTen.Get(exponent);
            var actual = ((BigInteger)high << 64) | low;

            // 10^exponent as a fraction, scaled so that it needs 128 bits.
            var shift = 127 - PowersOfTen.FloorLog2(exponent);
            var numerator = BigInteger.Pow(10, Math.Max(exponent, 0)) << Math.Max(shift, 0);
            var denominator = BigInteger.Pow(10, Math.Max(-exponent, 0)) << Math.Max(-shift, 0);
            var expected = BigInteger.DivRem(numerator, denominator, out var rest) + (rest.IsZero ? 0 : 1);

            Assert.Equal(128, expected.GetBitLength());
            Assert.Equal(expected, actual);
            Assert.Equal(exponent is >= 0 and <= PowersOfTen.LargestExact, rest.IsZero);
        }
    }
}
