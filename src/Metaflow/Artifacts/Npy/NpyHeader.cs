using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Metaflow.Artifacts.Npy;

/// <summary>What stands before the numbers in a .npy file.</summary>
/// <param name="Type">The element type.</param>
/// <param name="IsBigEndian">Whether the numbers' most significant byte comes first.</param>
/// <param name="IsFortranOrder">Whether the first index varies fastest.</param>
/// <param name="Shape">The length of each dimension; empty for a single value.</param>
/// <param name="DataOffset">Where the numbers begin.</param>
internal sealed record NpyHeader(NpyType Type, bool IsBigEndian, bool IsFortranOrder, long[] Shape, int DataOffset)
{
    /// <summary>The most dimensions: the limit of .NET arrays and of NumPy before 2.0.</summary>
    public const int MaximumRank = 32;

    /// <summary>The longest header that this library writes, and more than most others do.</summary>
    public const int UsualLength = 1024;

    private const int Alignment = 64;
    private const int MaximumHeaderLength = ushort.MaxValue;
    private const int PreambleV1 = 10;
    private const int PreambleV2 = 12;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>The header's bytes, when it was read ahead of what verifies them; otherwise nothing.</summary>
    public ReadOnlyMemory<byte> Unverified { get; init; }

    /// <summary>The number of elements.</summary>
    public long Count
    {
        get
        {
            var count = 1L;
            foreach (var length in Shape)
            {
                count *= length;
            }

            return count;
        }
    }

    /// <summary>The shape as a person writes it: <c>float64, 3 × 4</c>.</summary>
    public string Display => Type.Name + ", " + (Shape.Length == 0
        ? "a single value"
        : string.Join(" × ", Shape.Select(n => n.ToString(CultureInfo.InvariantCulture))));

    /// <summary>The C# type that holds the content.</summary>
    public string TypeName => Type.Element is not { } element ? "bytes with a serializer of your own"
        : Shape.Length switch
        {
            0 => $"Tensor<{TypeNames.Of(element)}>",
            <= MaximumRank => $"{TypeNames.Of(element)}[{new string(',', Shape.Length - 1)}]",
            _ => $"Tensor<{TypeNames.Of(element)}>",
        };

    /// <summary>The header's bytes, padded so that the numbers begin at a multiple of 64.</summary>
    public static byte[] Write(NpyType type, ReadOnlySpan<long> shape)
    {
        var text = new StringBuilder("{'descr': '").Append(type.Descriptor).Append("', 'fortran_order': False, 'shape': (");
        for (var i = 0; i < shape.Length; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(shape[i].ToString(CultureInfo.InvariantCulture));
        }

        // A tuple of one has a comma in Python.
        text.Append(shape.Length == 1 ? ",), }" : "), }");
        var total = PreambleV1 + text.Length + 1;
        var padded = (total + Alignment - 1) / Alignment * Alignment;
        var header = new byte[padded];
        Magic.CopyTo(header);
        header[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(padded - PreambleV1));
        Encoding.ASCII.GetBytes(text.ToString(), header.AsSpan(PreambleV1));
        header.AsSpan(PreambleV1 + text.Length).Fill((byte)' ');
        header[^1] = (byte)'\n';
        return header;
    }

    /// <inheritdoc cref="TryRead(in ReadOnlySequence{byte}, long, out NpyHeader?, out string?)"/>
    public static bool TryRead(
        in ReadOnlySequence<byte> content, [NotNullWhen(true)] out NpyHeader? header, [NotNullWhen(false)] out string? problem) =>
        TryRead(content, content.Length, out header, out problem);

    /// <summary>Reads and checks a header.</summary>
    /// <param name="content">A .npy file, or the beginning of one.</param>
    /// <param name="fileLength">The length of the whole file.</param>
    /// <param name="header">The header.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <returns>Whether the content is a .npy file with as many bytes as its header says.</returns>
    public static bool TryRead(
        in ReadOnlySequence<byte> content,
        long fileLength,
        [NotNullWhen(true)] out NpyHeader? header,
        [NotNullWhen(false)] out string? problem)
    {
        if (TryReadFirst(content, fileLength, out header, out var length, out problem) && length != fileLength)
        {
            problem = WrongLength(header, length - header.DataOffset, fileLength - header.DataOffset);
            header = null;
        }

        return header is not null;
    }

    /// <summary>Reads and checks the header of content that may go on after the .npy file.</summary>
    /// <param name="content">Content that begins with a .npy file.</param>
    /// <param name="header">The header.</param>
    /// <param name="fileLength">The length of the .npy file, header and data.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <returns>Whether the content begins with a whole .npy file.</returns>
    public static bool TryReadFirst(
        in ReadOnlySequence<byte> content, [NotNullWhen(true)] out NpyHeader? header, out long fileLength,
        [NotNullWhen(false)] out string? problem) =>
        TryReadFirst(content, content.Length, out header, out fileLength, out problem);

    private static bool TryReadFirst(
        in ReadOnlySequence<byte> content, long contentLength, [NotNullWhen(true)] out NpyHeader? header, out long fileLength,
        [NotNullWhen(false)] out string? problem)
    {
        header = null;
        fileLength = 0;
        Span<byte> preamble = stackalloc byte[PreambleV2];
        var available = (int)Math.Min(content.Length, preamble.Length);
        content.Slice(0, available).CopyTo(preamble);
        if (available < PreambleV1 || !preamble.StartsWith(Magic))
        {
            problem = "it does not begin like a .npy file";
            return false;
        }

        var isFirstVersion = preamble[6] == 1;
        if (preamble[6] is < 1 or > 3 || (!isFirstVersion && available < PreambleV2))
        {
            problem = $"its format version {preamble[6]}.{preamble[7]} is not known";
            return false;
        }

        var start = isFirstVersion ? PreambleV1 : PreambleV2;
        var length = isFirstVersion
            ? BinaryPrimitives.ReadUInt16LittleEndian(preamble[8..])
            : BinaryPrimitives.ReadUInt32LittleEndian(preamble[8..]);
        if (length > MaximumHeaderLength || start + length > content.Length)
        {
            problem = $"its header says that it is {length} bytes long";
            return false;
        }

        var text = content.Slice(start, length);
        if (new NpyHeaderParser(text.IsSingleSegment ? text.FirstSpan : text.ToArray())
                .TryParse(start + (int)length, out var parsed, out problem)
            && HasAllData(contentLength, parsed, out fileLength, out problem))
        {
            header = parsed;
        }

        return header is not null;
    }

    private static bool HasAllData(
        long contentLength, NpyHeader header, out long fileLength, [NotNullWhen(false)] out string? problem)
    {
        fileLength = 0;
        var bytes = header.Shape.Contains(0) ? 0L : header.Type.Width;
        foreach (var length in bytes == 0 ? [] : header.Shape)
        {
            if (length > long.MaxValue / bytes)
            {
                problem = $"{header.Display} is more than any content has";
                return false;
            }

            bytes *= length;
        }

        var available = contentLength - header.DataOffset;
        problem = bytes <= available ? null : WrongLength(header, bytes, available);
        fileLength = header.DataOffset + Math.Min(bytes, available);
        return problem is null;
    }

    private static string WrongLength(NpyHeader header, long bytes, long available) =>
        $"{header.Display} takes {bytes} bytes, and there are {available}";
}
