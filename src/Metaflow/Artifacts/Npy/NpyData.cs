using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Metaflow.Storage;

namespace Metaflow.Artifacts.Npy;

/// <summary>Brings the numbers of a .npy file into .NET order: little endian, last index fastest.</summary>
internal static class NpyData
{
    /// <summary>How many elements are copied at a time.</summary>
    private const int Piece = 16 * 1024 * 1024;

    /// <summary>Fills <paramref name="destination"/>, which has as many elements as the header says.</summary>
    /// <returns>Whether every byte of a boolean array is 0 or 1.</returns>
    public static bool CopyTo<T>(in ReadOnlySequence<byte> content, NpyHeader header, Span<T> destination)
        where T : unmanaged
    {
        if (!header.IsFortranOrder || header.Shape.Length < 2)
        {
            return CopyInOrder(content, header, destination);
        }

        var columns = GC.AllocateUninitializedArray<T>(destination.Length);
        var isSound = CopyInOrder<T>(content, header, columns);
        Reorder(columns, header.Shape, destination);
        return isSound;
    }

    private static bool CopyInOrder<T>(in ReadOnlySequence<byte> content, NpyHeader header, Span<T> destination)
        where T : unmanaged
    {
        if (!header.Unverified.IsEmpty)
        {
            return ReadInOrder(content, header, destination);
        }

        // In pieces, because the bytes of a long array are more than a span can count.
        var isSound = true;
        var offset = (long)header.DataOffset;
        for (var rest = destination; !rest.IsEmpty;)
        {
            var bytes = MemoryMarshal.AsBytes(rest[..Math.Min(rest.Length, Piece)]);
            ParallelCopy.CopyTo(content.Slice(offset, bytes.Length), bytes);
            isSound &= Settle<T>(bytes, header);
            offset += bytes.Length;
            rest = rest[Math.Min(rest.Length, Piece)..];
        }

        return isSound;
    }

    /// <summary>Reads and verifies the numbers right where they go, together with the header that was read ahead.</summary>
    private static bool ReadInOrder<T>(in ReadOnlySequence<byte> content, NpyHeader header, Span<T> destination)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(destination);
        BlobMemory.BlobOf(content)!.CopyTo(header.Unverified.Span, bytes);
        return Settle<T>(bytes, header);
    }

    /// <summary>Brings bytes into this machine's order; false for a boolean that is neither 0 nor 1.</summary>
    private static bool Settle<T>(Span<byte> bytes, NpyHeader header)
    {
        if (header.IsBigEndian)
        {
            Reverse(bytes, header.Type.NumberWidth);
        }

        return typeof(T) != typeof(bool) || bytes.IndexOfAnyExcept((byte)0, (byte)1) < 0;
    }

    /// <summary>From first-index-fastest to last-index-fastest.</summary>
    private static void Reorder<T>(ReadOnlySpan<T> columns, long[] shape, Span<T> destination)
    {
        Span<long> index = stackalloc long[shape.Length];
        Span<long> strides = stackalloc long[shape.Length];
        var stride = 1L;
        for (var d = 0; d < shape.Length; d++)
        {
            strides[d] = stride;
            stride *= shape[d];
        }

        index.Clear();
        var source = 0L;
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = columns[(int)source];
            for (var d = shape.Length - 1; d >= 0; d--)
            {
                source += strides[d];
                if (++index[d] < shape[d])
                {
                    break;
                }

                source -= strides[d] * shape[d];
                index[d] = 0;
            }
        }
    }

    /// <summary>Turns the bytes of each number around.</summary>
    public static void Reverse(Span<byte> bytes, int width)
    {
        switch (width)
        {
            case 2:
                var shorts = MemoryMarshal.Cast<byte, short>(bytes);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                var ints = MemoryMarshal.Cast<byte, int>(bytes);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            case 8:
                var longs = MemoryMarshal.Cast<byte, long>(bytes);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }
}
