using System.Security.Cryptography;
using Metaflow.Storage.Codecs;

namespace Metaflow.Storage;

/// <summary>Stores content that is read once, with the memory of a few chunks.</summary>
internal sealed class StreamUpload(IBlobBackend backend)
{
    /// <summary>Stores a stream whose first chunk has been read.</summary>
    public (ContentHash Hash, long Size) Put(Stream content, byte[] chunk)
    {
        using var upload = backend.BeginUpload(BlobHeader.Length);
        using var hashes = new MemoryStream();
        var size = 0L;
        for (var length = chunk.Length; length > 0; length = content.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false))
        {
            hashes.Write(SHA256.HashData(chunk.AsSpan(0, length)));
            upload.Append(chunk.AsSpan(0, length));
            size += length;
        }

        var chunks = new ChunkTable(hashes.ToArray());
        if (chunks.Count > 1)
        {
            upload.Append(chunks.Hashes);
        }

        var hash = chunks.Root;
        Span<byte> head = stackalloc byte[BlobHeader.Length];
        new BlobHeader(CodecId.Raw, 1, size, size, hash).Write(head);
        upload.Publish(StoreLayout.BlobKey(hash), head);
        return (hash, size);
    }
}
