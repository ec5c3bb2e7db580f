using System.Buffers;
using System.Runtime.InteropServices;
using Metaflow.Artifacts.Display;
using Metaflow.Artifacts.Npy;
using Metaflow.Dashboard.Views;

namespace Metaflow.Dashboard.Data;

/// <summary>Figures about an array of numbers.</summary>
internal static class ArrayProfile
{
    private const int Parts = 160;
    private const int Bins = 32;
    private const int CornerSize = 12;

    /// <summary>Larger arrays are told by their first numbers only.</summary>
    private const long LargestScan = 64L << 20;

    /// <summary>An array to look at.</summary>
    public static ArtifactPreview Preview(ArtifactItem item, in ReadOnlySequence<byte> content)
    {
        if (!NpyHeader.TryRead(content, out var header, out var problem))
        {
            return new() { Artifact = item, Kind = "bytes", Notice = $"The array cannot be read: {problem}.", Hex = Convert.ToHexStringLower(content.Slice(0, Math.Min(64, content.Length)).ToArray()) };
        }

        var first = NpySummary.Of(content, header).First;
        var array = new ArrayPreview
        {
            Type = header.Type.Name, Shape = header.Shape, Count = header.Count, First = [.. first.Select(text => text.Trim('"'))],
        };
        if (content.Length > LargestScan || header.Count == 0 || header.Type.Element is not { } element || header.Type.Kind == 'c')
        {
            return new()
            {
                Artifact = item, Kind = "array", Array = array,
                Notice = content.Length > LargestScan ? "The array is too large for figures about all of its numbers." : null,
            };
        }

        return new() { Artifact = item, Kind = "array", Array = Figures(array, Numbers(content, header, element), header) };
    }

    private static ArrayPreview Figures(ArrayPreview array, double[] numbers, NpyHeader header)
    {
        var (minimum, maximum, sum, squares, count) = (double.PositiveInfinity, double.NegativeInfinity, 0.0, 0.0, 0L);
        var curve = new (double Sum, int Count)[Math.Min(Parts, numbers.Length)];
        for (var at = 0; at < numbers.Length; at++)
        {
            var value = numbers[at];
            if (!double.IsFinite(value))
            {
                continue;
            }

            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
            count++;
            var delta = value - (count == 1 ? 0 : sum / (count - 1));
            sum += value;
            squares += count == 1 ? 0 : delta * (value - (sum / count));
            ref var part = ref curve[(int)((long)at * curve.Length / numbers.Length)];
            part = (part.Sum + value, part.Count + 1);
        }

        return count == 0 ? array with { NaNs = numbers.Count(double.IsNaN) } : array with
        {
            Minimum = minimum,
            Maximum = maximum,
            Mean = sum / count,
            Deviation = count > 1 ? Math.Sqrt(squares / (count - 1)) : 0,
            NaNs = numbers.Count(double.IsNaN),
            Curve = [.. curve.Select(part => part.Count == 0 ? (double?)null : part.Sum / part.Count)],
            Histogram = Histogram(numbers, minimum, maximum),
            Corner = header.Shape.Length == 2 && !header.IsFortranOrder ? Corner(numbers, header.Shape) : null,
        };
    }

    private static long[]? Histogram(double[] numbers, double minimum, double maximum)
    {
        if (!(maximum > minimum) || !double.IsFinite(maximum - minimum))
        {
            return null;
        }

        var bins = new long[Bins];
        foreach (var value in numbers)
        {
            if (double.IsFinite(value))
            {
                bins[Math.Min(Bins - 1, (int)((value - minimum) / (maximum - minimum) * Bins))]++;
            }
        }

        return bins;
    }

    private static List<IReadOnlyList<double?>> Corner(double[] numbers, long[] shape)
    {
        var rows = new List<IReadOnlyList<double?>>();
        for (var row = 0L; row < Math.Min(CornerSize, shape[0]); row++)
        {
            var cells = new List<double?>();
            for (var column = 0L; column < Math.Min(CornerSize, shape[1]); column++)
            {
                var value = numbers[(row * shape[1]) + column];
                cells.Add(double.IsFinite(value) ? value : null);
            }

            rows.Add(cells);
        }

        return rows;
    }

    /// <summary>The numbers in the order in which they are stored.</summary>
    private static double[] Numbers(in ReadOnlySequence<byte> content, NpyHeader header, Type element)
    {
        var bytes = content.Slice(header.DataOffset).ToArray();
        if (header.IsBigEndian)
        {
            NpyData.Reverse(bytes, header.Type.NumberWidth);
        }

        return Type.GetTypeCode(element) switch
        {
            TypeCode.Boolean or TypeCode.Byte => Widen<byte>(bytes, static value => value),
            TypeCode.SByte => Widen<sbyte>(bytes, static value => value),
            TypeCode.Int16 => Widen<short>(bytes, static value => value),
            TypeCode.UInt16 => Widen<ushort>(bytes, static value => value),
            TypeCode.Int32 => Widen<int>(bytes, static value => value),
            TypeCode.UInt32 => Widen<uint>(bytes, static value => value),
            TypeCode.Int64 => Widen<long>(bytes, static value => value),
            TypeCode.UInt64 => Widen<ulong>(bytes, static value => value),
            TypeCode.Single => Widen<float>(bytes, static value => value),
            TypeCode.Double => MemoryMarshal.Cast<byte, double>(bytes).ToArray(),
            _ => Widen<Half>(bytes, static value => (double)value),
        };
    }

    private static double[] Widen<T>(byte[] bytes, Func<T, double> convert)
        where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(bytes);
        var numbers = new double[values.Length];
        for (var at = 0; at < values.Length; at++)
        {
            numbers[at] = convert(values[at]);
        }

        return numbers;
    }
}
