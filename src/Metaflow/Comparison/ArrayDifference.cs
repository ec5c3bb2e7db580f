using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Metaflow.Artifacts.Npy;

namespace Metaflow.Comparison;

/// <summary>How two arrays of numbers differ: type, shape, statistics, and where.</summary>
internal static class ArrayDifference
{
    private const int Chunk = 16 * 1024;

    public static (IReadOnlyList<string> Details, Dictionary<string, double> Figures) Of(
        in ReadOnlySequence<byte> first, in ReadOnlySequence<byte> second)
    {
        var details = new List<string>();
        if (!NpyHeader.TryRead(first, out var one, out var problem) || !NpyHeader.TryRead(second, out var other, out problem))
        {
            return ([$"one of them is no array: {problem}"], []);
        }

        if (one.Type != other.Type)
        {
            details.Add($"type: {one.Type.Name} → {other.Type.Name}");
        }

        if (!one.Shape.SequenceEqual(other.Shape))
        {
            details.Add($"shape: {Shape(one)} → {Shape(other)}");
        }

        if (!IsReal(one) || !IsReal(other))
        {
            return (details, []);
        }

        var sums = new Sums();
        var isSameOrder = one.IsFortranOrder == other.IsFortranOrder;
        var isAligned = one.Shape.SequenceEqual(other.Shape) && isSameOrder;
        Compare(first, one, second, other, isAligned, sums);
        return (details.Concat(sums.Lines(isAligned)).ToList(), sums.Figures(isAligned));
    }

    private static void Compare(
        in ReadOnlySequence<byte> first, NpyHeader one, in ReadOnlySequence<byte> second, NpyHeader other, bool isAligned, Sums sums)
    {
        var (a, b) = (new double[Chunk], new double[Chunk]);
        var longest = Math.Max(one.Count, other.Count);
        for (var at = 0L; at < longest; at += Chunk)
        {
            var left = Numbers(first, one, at, a);
            var right = Numbers(second, other, at, b);
            sums.First.Add(a.AsSpan(0, left));
            sums.Second.Add(b.AsSpan(0, right));
            if (isAligned)
            {
                sums.Compare(a.AsSpan(0, left), b.AsSpan(0, right), at);
            }
        }
    }

    /// <summary>Whether the elements are numbers or truth values that fit a double.</summary>
    public static bool IsReal(NpyHeader header) =>
        (header.Type.Kind, header.Type.Width) is ('b', 1) or ('i' or 'u', 1 or 2 or 4 or 8) or ('f', 2 or 4 or 8);

    private static string Shape(NpyHeader header) =>
        $"({string.Join(", ", header.Shape.Select(length => length.ToString(CultureInfo.InvariantCulture)))})";

    /// <summary>Some elements as they are stored, from one on.</summary>
    public static int Numbers(in ReadOnlySequence<byte> content, NpyHeader header, long from, double[] into) =>
        (header.Type.Kind, header.Type.Width) switch
        {
            ('b' or 'u', 1) => Numbers<byte>(content, header, from, into),
            ('i', 1) => Numbers<sbyte>(content, header, from, into),
            ('i', 2) => Numbers<short>(content, header, from, into),
            ('i', 4) => Numbers<int>(content, header, from, into),
            ('i', _) => Numbers<long>(content, header, from, into),
            ('u', 2) => Numbers<ushort>(content, header, from, into),
            ('u', 4) => Numbers<uint>(content, header, from, into),
            ('u', _) => Numbers<ulong>(content, header, from, into),
            (_, 2) => Numbers<Half>(content, header, from, into),
            (_, 4) => Numbers<float>(content, header, from, into),
            _ => Numbers<double>(content, header, from, into),
        };

    private static int Numbers<T>(in ReadOnlySequence<byte> content, NpyHeader header, long from, double[] into)
        where T : unmanaged, INumberBase<T>
    {
        var count = (int)Math.Clamp(header.Count - from, 0, into.Length);
        var width = Unsafe.SizeOf<T>();
        var bytes = new byte[count * width];
        content.Slice(header.DataOffset + (from * width), bytes.Length).CopyTo(bytes);
        if (header.IsBigEndian)
        {
            NpyData.Reverse(bytes, width);
        }

        var numbers = MemoryMarshal.Cast<byte, T>(bytes);
        for (var i = 0; i < numbers.Length; i++)
        {
            into[i] = double.CreateTruncating(numbers[i]);
        }

        return count;
    }

    /// <summary>Minimum, maximum, mean and deviation of the numbers of one array.</summary>
    private sealed class Spread
    {
        private double _sum;
        private double _squares;

        public long Count { get; private set; }

        public long NaNs { get; private set; }

        public double Least { get; private set; } = double.PositiveInfinity;

        public double Most { get; private set; } = double.NegativeInfinity;

        public double Mean => _sum / Count;

        public double Deviation => Math.Sqrt(Math.Max(0, (_squares / Count) - (Mean * Mean)));

        public void Add(ReadOnlySpan<double> numbers)
        {
            foreach (var number in numbers)
            {
                if (double.IsNaN(number))
                {
                    NaNs++;
                    continue;
                }

                Count++;
                Least = Math.Min(Least, number);
                Most = Math.Max(Most, number);
                _sum += number;
                _squares += number * number;
            }
        }
    }

    private sealed class Sums
    {
        private long _differing;
        private long _firstAt = -1;
        private double _largest;
        private double _total;
        private long _compared;

        public Spread First { get; } = new();

        public Spread Second { get; } = new();

        public void Compare(ReadOnlySpan<double> one, ReadOnlySpan<double> other, long at)
        {
            _compared += one.Length;
            for (var i = 0; i < one.Length; i++)
            {
                if (one[i].Equals(other[i]))
                {
                    continue;
                }

                _differing++;
                _firstAt = _firstAt < 0 ? at + i : _firstAt;
                var difference = Math.Abs(other[i] - one[i]);
                if (double.IsFinite(difference))
                {
                    _largest = Math.Max(_largest, difference);
                    _total += difference;
                }
            }
        }

        public IEnumerable<string> Lines(bool isAligned)
        {
            yield return Text("min", First.Least, Second.Least);
            yield return Text("max", First.Most, Second.Most);
            yield return Text("mean", First.Mean, Second.Mean);
            yield return Text("standard deviation", First.Deviation, Second.Deviation);
            if (First.NaNs + Second.NaNs > 0)
            {
                yield return Text("not a number", First.NaNs, Second.NaNs);
            }

            if (isAligned)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_differing} of {_compared} elements differ, first at {_firstAt}; by {_total / Math.Max(1, _differing):G6} on average, {_largest:G6} at most");
            }
        }

        public Dictionary<string, double> Figures(bool isAligned)
        {
            var figures = new Dictionary<string, double>
            {
                ["firstMin"] = First.Least, ["secondMin"] = Second.Least,
                ["firstMax"] = First.Most, ["secondMax"] = Second.Most,
                ["firstMean"] = First.Mean, ["secondMean"] = Second.Mean,
                ["firstDeviation"] = First.Deviation, ["secondDeviation"] = Second.Deviation,
            };
            if (isAligned)
            {
                figures["differingElements"] = _differing;
                figures["comparedElements"] = _compared;
                figures["firstDifferenceAt"] = _firstAt;
                figures["maxAbsoluteDifference"] = _largest;
                figures["meanAbsoluteDifference"] = _total / Math.Max(1, _differing);
            }

            return figures;
        }

        private static string Text(string name, double one, double other) =>
            string.Create(CultureInfo.InvariantCulture, $"{name}: {one:G6} → {other:G6}");
    }
}
