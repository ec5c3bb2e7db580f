using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Metaflow.Storage.Codecs;

/// <summary>
/// The LZ4 block format. A block is a row of sequences: a token (4 bits literal count, 4 bits match length less 4; 15 means
/// that bytes follow to be added, the last of them below 255), the literals, and a match as a 16-bit distance back. The
/// last sequence ends after its literals.
/// </summary>
internal static unsafe class Lz4Block
{
    private const int MinMatch = 4;
    private const int MaxDistance = ushort.MaxValue;

    /// <summary>The last five bytes are always literals, and no match starts in the last twelve.</summary>
    private const int LastLiterals = 5;
    private const int NoMatchFrom = 12;

    private const int LengthInToken = 15;
    private const int TableBits = 13;
    private const int VectorLength = 16;

    /// <summary>How many misses make the search one byte faster.</summary>
    private const int PatienceBits = 6;

    /// <summary>Compresses a block.</summary>
    /// <returns>The compressed length; 0 if it does not fit into <paramref name="destination"/>.</returns>
    public static int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var table = ArrayPool<int>.Shared.Rent(1 << TableBits);
        Array.Clear(table, 0, 1 << TableBits);
        try
        {
            fixed (byte* input = source, output = destination)
            fixed (int* places = table)
            {
                return Compress(input, source.Length, output, destination.Length, places);
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(table);
        }
    }

    /// <summary>Decompresses a block whose length is known.</summary>
    /// <returns>Whether the block is sound and fills <paramref name="destination"/> exactly.</returns>
    public static bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        // Lengths below this limit can be added up without overflow.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, 1 << 30, nameof(destination));
        fixed (byte* input = source, output = destination)
        {
            return TryDecompress(input, input + source.Length, output, output + destination.Length);
        }
    }

    private static int Compress(byte* source, int length, byte* destination, int capacity, int* table)
    {
        var end = source + length;
        var anchor = source;
        var output = destination;
        var outputEnd = destination + capacity;
        var matchEnd = end - LastLiterals;
        var searchEnd = end - NoMatchFrom;
        var at = source + 1;
        while (length > NoMatchFrom && at <= searchEnd)
        {
            var match = FindMatch(source, ref at, searchEnd, table);
            if (match is null)
            {
                break;
            }

            while (at > anchor && match > source && at[-1] == match[-1])
            {
                at--;
                match--;
            }

            var matchLength = MinMatch + CountEqual(at + MinMatch, match + MinMatch, matchEnd);
            output = WriteSequence(output, outputEnd, anchor, (int)(at - anchor), end, (int)(at - match), matchLength);
            if (output is null)
            {
                return 0;
            }

            at += matchLength;
            anchor = at;
            if (at <= searchEnd)
            {
                // Two places inside the match are enough to find what repeats next.
                table[Hash(at - 2)] = (int)(at - 2 - source);
            }
        }

        output = WriteSequence(output, outputEnd, anchor, (int)(end - anchor), end, 0, 0);
        return output is null ? 0 : (int)(output - destination);
    }

    /// <summary>Goes on to the next place from which at least four bytes repeat; faster the longer none was found.</summary>
    private static byte* FindMatch(byte* source, ref byte* at, byte* searchEnd, int* table)
    {
        var place = at;
        for (var misses = 1 << PatienceBits; place <= searchEnd; misses++)
        {
            var hash = Hash(place);
            var match = source + table[hash];
            table[hash] = (int)(place - source);
            if (place - match <= MaxDistance && Unsafe.ReadUnaligned<uint>(match) == Unsafe.ReadUnaligned<uint>(place))
            {
                at = place;
                return match;
            }

            place += misses >> PatienceBits;
        }

        return null;
    }

    /// <summary>Spreads five bytes, which finds fewer but longer matches than four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Hash(byte* place)
    {
        const ulong Spread = 0x9E3779B185EBCA87;
        return (int)(((Unsafe.ReadUnaligned<ulong>(place) << 24) * Spread) >> (64 - TableBits));
    }

    private static int CountEqual(byte* first, byte* second, byte* end)
    {
        var start = first;
        while (first + sizeof(ulong) <= end)
        {
            var difference = Unsafe.ReadUnaligned<ulong>(first) ^ Unsafe.ReadUnaligned<ulong>(second);
            if (difference != 0)
            {
                return (int)(first - start) + (BitOperations.TrailingZeroCount(difference) >> 3);
            }

            first += sizeof(ulong);
            second += sizeof(ulong);
        }

        while (first < end && *first == *second)
        {
            first++;
            second++;
        }

        return (int)(first - start);
    }

    /// <summary>Writes literals and, unless the length is 0, a match.</summary>
    /// <returns>Where to go on; <see langword="null"/> if it does not fit.</returns>
    private static byte* WriteSequence(
        byte* output, byte* outputEnd, byte* literals, int literalCount, byte* literalsEnd, int distance, int matchLength)
    {
        // The token, both lengths and the distance; one byte more than ever needed does no harm.
        var needed = 1L + (literalCount / 255) + 1 + literalCount + sizeof(ushort) + (matchLength / 255) + 1;
        if (needed > outputEnd - output)
        {
            return null;
        }

        var token = output++;
        *token = (byte)(Math.Min(literalCount, LengthInToken) << 4);
        output = WriteLength(output, literalCount);
        if (literalCount <= VectorLength && outputEnd - output >= VectorLength && literalsEnd - literals >= VectorLength)
        {
            Vector128.Store(Vector128.Load(literals), output);
        }
        else
        {
            Buffer.MemoryCopy(literals, output, outputEnd - output, literalCount);
        }

        output += literalCount;
        if (matchLength > 0)
        {
            Unsafe.WriteUnaligned(output, (ushort)distance);
            *token |= (byte)Math.Min(matchLength - MinMatch, LengthInToken);
            output = WriteLength(output + sizeof(ushort), matchLength - MinMatch);
        }

        return output;
    }

    private static byte* WriteLength(byte* output, int length)
    {
        if (length >= LengthInToken)
        {
            for (length -= LengthInToken; length >= byte.MaxValue; length -= byte.MaxValue)
            {
                *output++ = byte.MaxValue;
            }

            *output++ = (byte)length;
        }

        return output;
    }

    private static bool TryDecompress(byte* input, byte* inputEnd, byte* start, byte* outputEnd)
    {
        var output = start;
        while (input < inputEnd)
        {
            int token = *input++;
            var literals = token >> 4;
            if (literals == LengthInToken && !TryReadLength(ref input, inputEnd, outputEnd - output, ref literals))
            {
                return false;
            }

            if (literals > inputEnd - input || literals > outputEnd - output)
            {
                return false;
            }

            if (literals <= VectorLength && inputEnd - input >= VectorLength && outputEnd - output >= VectorLength)
            {
                Vector128.Store(Vector128.Load(input), output);
            }
            else
            {
                Buffer.MemoryCopy(input, output, literals, literals);
            }

            input += literals;
            output += literals;
            if (input == inputEnd)
            {
                return output == outputEnd;
            }

            if (inputEnd - input < sizeof(ushort))
            {
                return false;
            }

            int distance = Unsafe.ReadUnaligned<ushort>(input);
            input += sizeof(ushort);
            var length = token & LengthInToken;
            if (length == LengthInToken && !TryReadLength(ref input, inputEnd, outputEnd - output, ref length))
            {
                return false;
            }

            length += MinMatch;
            if (distance == 0 || distance > output - start || length > outputEnd - output)
            {
                return false;
            }

            CopyMatch(output, distance, length, outputEnd);
            output += length;
        }

        return false;
    }

    /// <summary>Adds the bytes that follow; no length beyond <paramref name="limit"/> is possible.</summary>
    private static bool TryReadLength(ref byte* input, byte* inputEnd, long limit, ref int length)
    {
        byte more;
        do
        {
            if (input == inputEnd || length > limit)
            {
                return false;
            }

            more = *input++;
            length += more;
        }
        while (more == byte.MaxValue);
        return true;
    }

    private static void CopyMatch(byte* output, int distance, int length, byte* outputEnd)
    {
        var source = output - distance;
        if (distance >= VectorLength && length <= outputEnd - output - VectorLength)
        {
            for (var copied = 0; copied < length; copied += VectorLength)
            {
                Vector128.Store(Vector128.Load(source + copied), output + copied);
            }
        }
        else if (distance == 1)
        {
            new Span<byte>(output, length).Fill(*source);
        }
        else
        {
            // What was copied can be copied again, so the piece doubles.
            for (var left = length; left > 0; distance *= 2)
            {
                var count = Math.Min(distance, left);
                Buffer.MemoryCopy(source, output, count, count);
                output += count;
                left -= count;
            }
        }
    }
}
