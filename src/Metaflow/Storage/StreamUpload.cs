using System.Security.Cryptography;
using Metaflow.Storage.Codecs;

namespace Metaflow.Storage;

/// <summary>Stores content that is read once and may be larger than memory: a few chunks are in memory at a time.</summary>
internal sealed class StreamUpload
{
    private readonly IBlobBackend _backend;
    private readonly Stream _content;
    private readonly byte[][] _chunks = new byte[BlobUpload.BatchSize][];
    private readonly int[] _lengths = new int[BlobUpload.BatchSize];

    /// <param name="backend">Where the blob goes.</param>
    /// <param name="content">What comes after the first chunk.</param>
    /// <param name="first">The first chunk, full.</param>
    public StreamUpload(IBlobBackend backend, Stream content, byte[] first)
    {
        _backend = backend;
        _content = content;
        _chunks[0] = first;
        _lengths[0] = first.Length;
    }

    /// <summary>Stores the content unless it is there.</summary>
    public (ContentHash Hash, long Size) Put(Predicate<ContentHash> isSettled)
    {
        using var upload = new BlobUpload(_backend, EncodingProbe.Choose(new(_chunks[0]), elementWidth: 1));
        using var hashes = new MemoryStream();
        var size = 0L;
        for (var count = Fill(from: 1); count > 0; count = Fill(from: 0))
        {
            var batch = new byte[count * ContentHash.Length];
            ChunkTable.ForEach(count, index => SHA256.HashData(
                _chunks[index].AsSpan(0, _lengths[index]), batch.AsSpan(index * ContentHash.Length, ContentHash.Length)));
            hashes.Write(batch);
            upload.Append(count, index => new(_chunks[index], 0, _lengths[index]));
            size += _lengths.Take(count).Sum();
        }

        var table = new ChunkTable(hashes.ToArray());
        var hash = table.Root;
        if (!isSettled(hash))
        {
            upload.Publish(table, hash, size);
        }

        return (hash, size);
    }

    /// <summary>Reads the next chunks.</summary>
    /// <returns>How many chunks are there now, those before <paramref name="from"/> included.</returns>
    private int Fill(int from)
    {
        var count = from;
        while (count < _chunks.Length)
        {
            var chunk = _chunks[count] ??= GC.AllocateUninitializedArray<byte>(ChunkTable.ChunkLength);
            var length = _content.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false);
            if (length == 0)
            {
                break;
            }

            _lengths[count++] = length;
            if (length < chunk.Length)
            {
                break;
            }
        }

        return count;
    }
}
