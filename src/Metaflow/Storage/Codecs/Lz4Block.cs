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

    /// <summary>The last five bytes are always literals.</summary>
    private const int LastLiterals = 5;

    /// <summary>No match starts in the last twelve bytes, and here not in the last vector.</summary>
    private const int NoMatchFrom = VectorLength;

    /// <summary>
    /// Of eight bytes, those that need not be the same where a match is looked for. The format allows matches of four bytes;
    /// those of less than six cost more time, here and when they are read, than they save room.
    /// </summary>
    private const int IgnoredBits = 16;

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
        var searchEnd = end - NoMatchFrom;
        for (var at = source + 1; length > NoMatchFrom; at++)
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

            var token = output;
            output = WriteLiterals(token, outputEnd, anchor, at - anchor);
            while (match is not null)
            {
                var more = output is null ? 0 : CountEqual(at + MinMatch, match + MinMatch, end - LastLiterals);
                output = output is null ? null : WriteMatch(token, output, outputEnd, at - match, more);
                if (output is null)
                {
                    return 0;
                }

                at += MinMatch + more;
                anchor = at;
                match = NextMatch(source, at, searchEnd, table);
                token = output;
                if (match is not null)
                {
                    // What repeats here as well needs no literals.
                    *output++ = 0;
                }
            }
        }

        output = WriteLast(output, outputEnd, anchor, end - anchor);
        return output is null ? 0 : (int)(output - destination);
    }

    /// <summary>Goes on to the next place from which bytes repeat; faster the longer none was found.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* FindMatch(byte* source, ref byte* at, byte* searchEnd, int* table)
    {
        var place = at;
        for (var misses = 1 << PatienceBits; place <= searchEnd; misses++)
        {
            var match = Remember(source, place, table);
            if (IsMatch(place, match))
            {
                at = place;
                return match;
            }

            place += misses >> PatienceBits;
        }

        return null;
    }

    /// <summary>What repeats right after a match; two places inside the match are enough to find what repeats later.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* NextMatch(byte* source, byte* at, byte* searchEnd, int* table)
    {
        if (at > searchEnd)
        {
            return null;
        }

        Remember(source, at - 2, table);
        var match = Remember(source, at, table);
        return IsMatch(at, match) ? match : null;
    }

    /// <summary>Notes a place.</summary>
    /// <returns>The last place before that may begin with the same bytes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Remember(byte* source, byte* place, int* table)
    {
        const ulong Spread = 0x9E3779B185EBCA87;
        var slot = ((Unsafe.ReadUnaligned<ulong>(place) << IgnoredBits) * Spread) >> (64 - TableBits);
        var match = source + table[slot];
        table[slot] = (int)(place - source);
        return match;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsMatch(byte* place, byte* match) =>
        (Unsafe.ReadUnaligned<ulong>(match) ^ Unsafe.ReadUnaligned<ulong>(place)) << IgnoredBits == 0 && place - match <= MaxDistance;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CountEqual(byte* first, byte* second, byte* end)
    {
        // Most matches end within these bytes.
        if (first + sizeof(ulong) <= end)
        {
            var difference = Unsafe.ReadUnaligned<ulong>(first) ^ Unsafe.ReadUnaligned<ulong>(second);
            return difference != 0
                ? BitOperations.TrailingZeroCount(difference) >> 3
                : sizeof(ulong) + CountMore(first + sizeof(ulong), second + sizeof(ulong), end);
        }

        return CountMore(first, second, end);
    }

    private static int CountMore(byte* first, byte* second, byte* end)
    {
        var start = first;
        for (; first + Vector256<byte>.Count <= end; first += Vector256<byte>.Count, second += Vector256<byte>.Count)
        {
            var same = Vector256.Equals(Vector256.Load(first), Vector256.Load(second)).ExtractMostSignificantBits();
            if (same != uint.MaxValue)
            {
                return (int)(first - start) + BitOperations.TrailingZeroCount(~same);
            }
        }

        while (first < end && *first == *second)
        {
            first++;
            second++;
        }

        return (int)(first - start);
    }

    /// <summary>Writes a token and literals that a match follows.</summary>
    /// <returns>Where to go on; <see langword="null"/> if it does not fit.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* WriteLiterals(byte* output, byte* outputEnd, byte* literals, long count)
    {
        // With the token, the length, and a vector in place of the last literals.
        if (count + (count / byte.MaxValue) + 2 + VectorLength > outputEnd - output)
        {
            return null;
        }

        if (count >= LengthInToken)
        {
            return WriteLongLiterals(output, literals, count);
        }

        *output++ = (byte)(count << 4);

        // A match begins more than a vector before the end, so there is that much to read.
        Vector128.Store(Vector128.Load(literals), output);
        return output + count;
    }

    /// <summary>Writes the literals that nothing follows.</summary>
    /// <returns>The end; <see langword="null"/> if it does not fit.</returns>
    private static byte* WriteLast(byte* output, byte* outputEnd, byte* literals, long count) =>
        count + (count / byte.MaxValue) + 2 > outputEnd - output ? null : WriteLongLiterals(output, literals, count);

    private static byte* WriteLongLiterals(byte* output, byte* literals, long count)
    {
        *output = (byte)(Math.Min(count, LengthInToken) << 4);
        output = WriteLength(output + 1, (int)count);
        Buffer.MemoryCopy(literals, output, count, count);
        return output + count;
    }

    /// <summary>Writes a match that is <paramref name="more"/> longer than the shortest; the next token fits as well.</summary>
    /// <returns>Where to go on; <see langword="null"/> if it does not fit.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* WriteMatch(byte* token, byte* output, byte* outputEnd, long distance, int more)
    {
        if (sizeof(ushort) + (more / byte.MaxValue) + 2 > outputEnd - output)
        {
            return null;
        }

        Unsafe.WriteUnaligned(output, (ushort)distance);
        *token |= (byte)Math.Min(more, LengthInToken);
        return WriteLength(output + sizeof(ushort), more);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
            if (literals < LengthInToken && (token & LengthInToken) < LengthInToken
                && inputEnd - input >= VectorLength && outputEnd - output >= 3 * VectorLength
                && TryCopyShort(ref input, ref output, start, literals, token & LengthInToken))
            {
                continue;
            }

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

    /// <summary>
    /// Copies a few literals and a short match, which most sequences are, in whole vectors: there is room for them, and the
    /// block goes on after the literals.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryCopyShort(ref byte* input, ref byte* output, byte* start, int literals, int more)
    {
        Vector128.Store(Vector128.Load(input), output);
        var target = output + literals;
        int distance = Unsafe.ReadUnaligned<ushort>(input + literals);
        if (distance < VectorLength || distance > target - start)
        {
            return false;
        }

        Vector128.Store(Vector128.Load(target - distance), target);
        Vector128.Store(Vector128.Load(target - distance + VectorLength), target + VectorLength);
        input += literals + sizeof(ushort);
        output = target + MinMatch + more;
        return true;
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
