using System.Numerics;

namespace Metaflow.Cards;

/// <summary>Turns numbers into the bytes of a picture.</summary>
internal static class Pixels
{
    // Points of the viridis scale at equal distances; between them it is straight enough.
    private static readonly (byte R, byte G, byte B)[] Points =
    [
        (68, 1, 84), (71, 44, 122), (59, 81, 139), (44, 113, 142), (33, 144, 141), (39, 173, 129), (92, 200, 99), (170, 220, 50), (253, 231, 37),
    ];

    /// <summary>Bytes as they are, fractions from 0 to 1 as shares of 255, anything else scaled to its range. What is no number is 0.</summary>
    public static byte[] ToBytes<T>(ReadOnlySpan<T> values)
        where T : INumber<T>
    {
        var bytes = new byte[values.Length];
        var (least, most) = Range(values);
        if (typeof(T) == typeof(byte))
        {
            (least, most) = (0, 255);
        }
        else if (least >= 0 && most <= 1 && !T.IsInteger(T.One / (T.One + T.One)))
        {
            (least, most) = (0, 1);
        }

        var scale = most > least ? 255 / (most - least) : 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var value = double.CreateSaturating(values[i]);
            bytes[i] = double.IsNaN(value) ? (byte)0 : (byte)Math.Clamp(Math.Round((value - least) * scale), 0, 255);
        }

        return bytes;
    }

    /// <summary>Grey levels in colour: red, green and blue for each.</summary>
    public static byte[] Viridis(ReadOnlySpan<byte> levels)
    {
        var colors = new byte[3 * levels.Length];
        for (var i = 0; i < levels.Length; i++)
        {
            var place = levels[i] / 255.0 * (Points.Length - 1);
            var low = Math.Min((int)place, Points.Length - 2);
            var (from, to, share) = (Points[low], Points[low + 1], place - low);
            colors[3 * i] = (byte)Math.Round(from.R + ((to.R - from.R) * share));
            colors[(3 * i) + 1] = (byte)Math.Round(from.G + ((to.G - from.G) * share));
            colors[(3 * i) + 2] = (byte)Math.Round(from.B + ((to.B - from.B) * share));
        }

        return colors;
    }

    private static (double Least, double Most) Range<T>(ReadOnlySpan<T> values)
        where T : INumber<T>
    {
        var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var item in values)
        {
            var value = double.CreateSaturating(item);
            if (double.IsFinite(value))
            {
                (least, most) = (Math.Min(least, value), Math.Max(most, value));
            }
        }

        return least <= most ? (least, most) : (0, 0);
    }
}
