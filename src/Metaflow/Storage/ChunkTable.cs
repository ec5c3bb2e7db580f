using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;

namespace Metaflow.Storage;

/// <summary>
/// The hashes of the chunks of some content. Content of one chunk is identified by that chunk's hash, larger content by
/// the root: the complement of SHA-256 over a prefix and the chunk hashes. Without the complement, short content made of
/// that prefix and those hashes would have the same identity as the large content.
/// </summary>
internal readonly struct ChunkTable
{
    /// <summary>The length of every chunk but the last.</summary>
    public const int ChunkLength = 1 << 20;

    private readonly byte[] _hashes;

    /// <param name="hashes">The hashes of all chunks, one after the other; not copied.</param>
    public ChunkTable(byte[] hashes) => _hashes = hashes;

    private static ReadOnlySpan<byte> RootPrefix => "metaflow content root 1\n"u8;

    /// <summary>The number of chunks; at least 1.</summary>
    public int Count => _hashes.Length / ContentHash.Length;

    /// <summary>The hashes of all chunks, one after the other.</summary>
    public ReadOnlySpan<byte> Hashes => _hashes;

    /// <summary>The identity of the content.</summary>
    public ContentHash Root
    {
        get
        {
            if (Count == 1)
            {
                return new(_hashes);
            }

            using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            sha.AppendData(RootPrefix);
            sha.AppendData(_hashes);
            Span<byte> root = stackalloc byte[ContentHash.Length];
            sha.GetHashAndReset(root);
            foreach (ref var part in root)
            {
                part = (byte)~part;
            }

            return new(root);
        }
    }

    /// <summary>The number of chunks of content of a length.</summary>
    public static long CountOf(long length) => Math.Max(1, (length + ChunkLength - 1) / ChunkLength);

    /// <summary>The length of one chunk of content of a length.</summary>
    public static int LengthOf(long contentLength, long index) =>
        (int)Math.Min(ChunkLength, contentLength - (index * ChunkLength));

    /// <summary>Hashes content in memory.</summary>
    public static unsafe ChunkTable Of(ReadOnlySpan<byte> content)
    {
        var hashes = new byte[CountOf(content.Length) * ContentHash.Length];
        fixed (byte* start = content)
        {
            // The address cannot change while this method runs, and the loop ends before it does.
            var address = (nint)start;
            var length = content.Length;
            ForEach(
                hashes.Length / ContentHash.Length,
                index => SHA256.HashData(
                    new ReadOnlySpan<byte>((byte*)address + ((long)index * ChunkLength), LengthOf(length, index)),
                    hashes.AsSpan(index * ContentHash.Length, ContentHash.Length)));
        }

        return new(hashes);
    }

    /// <summary>Hashes content in memory.</summary>
    public static ChunkTable Of(in ReadOnlySequence<byte> content)
    {
        if (content.IsSingleSegment)
        {
            return Of(content.FirstSpan);
        }

        var chunks = new ContentChunks(content);
        var hashes = new byte[chunks.Count * ContentHash.Length];
        ForEach(
            chunks.Count,
            index => HashChunk(chunks[index], hashes.AsSpan(index * ContentHash.Length, ContentHash.Length)));
        return new(hashes);
    }

    /// <summary>Whether a chunk has the hash that the table says.</summary>
    public bool Matches(long index, ReadOnlySpan<byte> chunk)
    {
        Span<byte> hash = stackalloc byte[ContentHash.Length];
        SHA256.HashData(chunk, hash);
        return IsHashOf(index, hash);
    }

    /// <summary>Whether a hash is the one that the table says of a chunk.</summary>
    public bool IsHashOf(long index, ReadOnlySpan<byte> hash) =>
        hash.SequenceEqual(_hashes.AsSpan((int)index * ContentHash.Length, ContentHash.Length));

    /// <summary>Does something for each chunk, in order and on all processors when there are several chunks.</summary>
    public static void ForEach(int count, Action<int> body)
    {
        if (count == 1)
        {
            body(0);
        }
        else
        {
            try
            {
                // One after the other, not in ranges: with few chunks, no processor is left with one more than the others.
                var next = -1;
                Parallel.For(0, Math.Min(count, Environment.ProcessorCount), _ =>
                {
                    for (int index; (index = Interlocked.Increment(ref next)) < count;)
                    {
                        body(index);
                    }
                });
            }
            catch (AggregateException faults)
            {
                // The caller wants the fault itself, as it would get it from a plain loop.
                ExceptionDispatchInfo.Throw(faults.InnerExceptions[0]);
            }
        }
    }

    private static void HashChunk(in ReadOnlySequence<byte> chunk, Span<byte> hash)
    {
        if (chunk.IsSingleSegment)
        {
            SHA256.HashData(chunk.FirstSpan, hash);
            return;
        }

        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var segment in chunk)
        {
            sha.AppendData(segment.Span);
        }

        sha.GetHashAndReset(hash);
    }
}
