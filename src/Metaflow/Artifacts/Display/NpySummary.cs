using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Metaflow.Artifacts.Npy;

namespace Metaflow.Artifacts.Display;

/// <summary>The first numbers of an array, and how they are spread.</summary>
/// <param name="First">The first elements, in the order of the last index fastest, as JSON.</param>
/// <param name="IsWhole">Whether that is all of them.</param>
/// <param name="Spread">Named figures about all elements, as JSON; empty if the array is too large to look at.</param>
internal sealed record NpySummary(IReadOnlyList<string> First, bool IsWhole, IReadOnlyList<(string Name, string Json)> Spread)
{
    private const int Shown = 10;

    /// <summary>The most bytes that are looked at; a second's work at the most.</summary>
    private const long MaximumScan = 256L * 1024 * 1024;

    /// <summary>Such as <c>0.5, 1, … (min 0.5, max 9, mean 4.2)</c>.</summary>
    public string Text
    {
        get
        {
            var first = string.Join(", ", First) + (IsWhole ? "" : First.Count == 0 ? "…" : ", …");
            var spread = string.Join(", ", Spread.Select(figure => $"{figure.Name} {figure.Json}"));
            return (spread.Length == 0 || First.Count == 0 ? first : $"{first} ({spread})").Replace("\"", "", StringComparison.Ordinal);
        }
    }

    public static NpySummary Of(in ReadOnlySequence<byte> content, NpyHeader header) => (header.Type.Kind, header.Type.Width) switch
    {
        ('b', _) => OfBooleans(content, header),
        ('i', 1) => OfNumbers<sbyte>(content, header),
        ('i', 2) => OfNumbers<short>(content, header),
        ('i', 4) => OfNumbers<int>(content, header),
        ('i', 8) => OfNumbers<long>(content, header),
        ('u', 1) => OfNumbers<byte>(content, header),
        ('u', 2) => OfNumbers<ushort>(content, header),
        ('u', 4) => OfNumbers<uint>(content, header),
        ('u', 8) => OfNumbers<ulong>(content, header),
        ('f', 2) => OfNumbers<Half>(content, header),
        ('f', 4) => OfNumbers<float>(content, header),
        ('f', 8) => OfNumbers<double>(content, header),
        _ => new(
            Start<Complex>(content, header, value => $"[{JsonOf(value.Real)},{JsonOf(value.Imaginary)}]"), header.Count <= Shown, []),
    };

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartArray("first"u8);
        foreach (var element in First)
        {
            json.WriteRawValue(element);
        }

        json.WriteEndArray();
        foreach (var (name, figure) in Spread)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(figure);
        }
    }

    private static NpySummary OfBooleans(in ReadOnlySequence<byte> content, NpyHeader header)
    {
        var trues = 0L;
        var spread = new List<(string, string)>();
        if (content.Length <= MaximumScan)
        {
            foreach (var piece in content.Slice(header.DataOffset))
            {
                trues += piece.Length - piece.Span.Count((byte)0);
            }

            spread.Add(("true", trues.ToString(CultureInfo.InvariantCulture)));
        }

        return new(Start<byte>(content, header, value => value == 0 ? "false" : "true"), header.Count <= Shown, spread);
    }

    private static NpySummary OfNumbers<T>(in ReadOnlySequence<byte> content, NpyHeader header)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> =>
        new(Start<T>(content, header, JsonOf), header.Count <= Shown, content.Length <= MaximumScan ? Figures<T>(content, header) : []);

    private static List<(string, string)> Figures<T>(in ReadOnlySequence<byte> content, NpyHeader header)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var (least, most, sum, numbers, nans) = (T.MaxValue, T.MinValue, 0.0, 0L, 0L);
        var buffer = new byte[64 * 1024];
        var rest = content.Slice(header.DataOffset);
        while (!rest.IsEmpty)
        {
            var length = (int)Math.Min(rest.Length, buffer.Length);
            var piece = buffer.AsSpan(0, length);
            rest.Slice(0, length).CopyTo(piece);
            rest = rest.Slice(length);
            if (header.IsBigEndian)
            {
                NpyData.Reverse(piece, header.Type.NumberWidth);
            }

            foreach (var value in MemoryMarshal.Cast<byte, T>(piece))
            {
                if (T.IsNaN(value))
                {
                    nans++;
                    continue;
                }

                least = value < least || numbers == 0 ? value : least;
                most = value > most || numbers == 0 ? value : most;
                sum += double.CreateTruncating(value);
                numbers++;
            }
        }

        var figures = new List<(string, string)>();
        if (numbers > 0)
        {
            figures.AddRange([("min", JsonOf(least)), ("max", JsonOf(most)), ("mean", JsonOf(sum / numbers))]);
        }

        if (nans > 0)
        {
            figures.Add(("nan", nans.ToString(CultureInfo.InvariantCulture)));
        }

        return figures;
    }

    private static List<string> Start<T>(in ReadOnlySequence<byte> content, NpyHeader header, Func<T, string> format)
        where T : unmanaged
    {
        var count = (int)Math.Min(header.Count, Shown);
        var first = new List<string>(count);
        Span<byte> element = stackalloc byte[Unsafe.SizeOf<T>()];
        for (var i = 0; i < count; i++)
        {
            content.Slice(header.DataOffset + (Position(i, header) * element.Length), element.Length).CopyTo(element);
            if (header.IsBigEndian)
            {
                NpyData.Reverse(element, header.Type.NumberWidth);
            }

            first.Add(format(MemoryMarshal.Read<T>(element)));
        }

        return first;
    }

    /// <summary>Where the element is stored that comes at a place in the order of the last index fastest.</summary>
    private static long Position(long place, NpyHeader header)
    {
        if (!header.IsFortranOrder)
        {
            return place;
        }

        var (position, stride) = (0L, header.Count);
        for (var d = header.Shape.Length - 1; d >= 0; d--)
        {
            stride /= header.Shape[d];
            position += place % header.Shape[d] * stride;
            place /= header.Shape[d];
        }

        return position;
    }

    private static string JsonOf<T>(T value)
        where T : INumber<T> =>
        T.IsFinite(value) ? value.ToString(null, CultureInfo.InvariantCulture)
        : T.IsNaN(value) ? "\"NaN\""
        : T.IsPositive(value) ? "\"Infinity\"" : "\"-Infinity\"";
}
