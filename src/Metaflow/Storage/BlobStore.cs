using System.Buffers;
using Metaflow.Storage.Codecs;
using Metaflow.Storage.Files;

namespace Metaflow.Storage;

/// <summary>Content by its hash: each content is kept once. Safe for several threads and processes.</summary>
internal sealed class BlobStore
{
    /// <summary>Less is hashed sooner than another processor could help.</summary>
    private const int LeastAhead = 128 << 10;

    private readonly IBlobBackend _backend;
    private readonly bool _readOnly;

    /// <param name="backend">Where the blobs are.</param>
    /// <param name="readOnly">Whether putting is refused.</param>
    public BlobStore(IBlobBackend backend, bool readOnly)
    {
        _backend = backend;
        _readOnly = readOnly;
    }

    /// <summary>Stores content; durable on return. What is there already is not written again.</summary>
    /// <param name="content">The content; not copied, so it must not change meanwhile.</param>
    /// <param name="elementWidth">The width in bytes of the numbers in it, a hint for compression; 1 if there are none.</param>
    public ContentHash Put(in ReadOnlySequence<byte> content, int elementWidth = 1)
    {
        RequireWritable();
        try
        {
            return WritesAhead(content.Length) ? PutAhead(content, elementWidth) : PutHashed(content, elementWidth);
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("write a blob to", _backend.Name, fault);
        }
    }

    /// <summary>Stores content that may be larger than memory; durable on return.</summary>
    /// <param name="content">The content; read to its end.</param>
    public (ContentHash Hash, long Size) Put(Stream content)
    {
        RequireWritable();
        var first = new byte[ChunkTable.ChunkLength];
        var length = content.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        if (length < first.Length)
        {
            return (Put(new ReadOnlySequence<byte>(first, 0, length)), length);
        }

        try
        {
            return new StreamUpload(_backend, content, first).Put(hash => IsSettled(hash));
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("write a blob to", _backend.Name, fault);
        }
    }

    /// <summary>Opens content.</summary>
    /// <exception cref="MetaflowException">The content is not in the store.</exception>
    /// <exception cref="CorruptDataException">The blob is damaged.</exception>
    public StoredBlob Open(in ContentHash hash)
    {
        var key = StoreLayout.BlobKey(hash);
        try
        {
            var bytes = _backend.TryOpen(key)
                ?? throw new MetaflowException(
                    $"The content {hash} is not in the store at {_backend.Name}. It was deleted, or belongs to another store; "
                    + "run the step that wrote it again.");
            return StoredBlob.Open(bytes, hash);
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("read", $"{_backend.Name}/{key}", fault);
        }
    }

    /// <summary>Opens content as a stream that reads and verifies chunk by chunk; the caller disposes it.</summary>
    /// <exception cref="MetaflowException">The content is not in the store.</exception>
    /// <exception cref="CorruptDataException">The blob is damaged; also while reading.</exception>
    public Stream OpenRead(in ContentHash hash)
    {
        var blob = Open(hash);
        try
        {
            return blob.OpenRead(disposeBlob: true);
        }
        catch
        {
            blob.Dispose();
            throw;
        }
    }

    /// <summary>Whether content is in the store. Only its blob's header is looked at.</summary>
    public bool Contains(in ContentHash hash)
    {
        try
        {
            using var bytes = _backend.TryOpen(StoreLayout.BlobKey(hash));
            return bytes is not null && IsSound(bytes, hash);
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("read", $"{_backend.Name}/{StoreLayout.BlobKey(hash)}", fault);
        }
    }

    /// <summary>Whether content is in the store; if so, it stays there for whoever is about to refer to it.</summary>
    public bool TrySettle(in ContentHash hash)
    {
        RequireWritable();
        try
        {
            return IsSettled(hash);
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("read", $"{_backend.Name}/{StoreLayout.BlobKey(hash)}", fault);
        }
    }

    /// <summary>Everything in the store, in the order of the hashes.</summary>
    public IEnumerable<ContentHash> List()
    {
        using var keys = _backend.List(StoreLayout.Blobs + "/").GetEnumerator();
        while (MoveNext(keys))
        {
            if (StoreLayout.TryParseBlobKey(keys.Current, out var hash))
            {
                yield return hash;
            }
        }
    }

    private bool MoveNext(IEnumerator<string> keys)
    {
        try
        {
            return keys.MoveNext();
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("list the blobs of", _backend.Name, fault);
        }
    }

    private static bool IsSound(IReadableBytes bytes, in ContentHash hash)
    {
        Span<byte> head = stackalloc byte[BlobHeader.Length];
        try
        {
            BlobHeader.Read(head[..bytes.Read(head, 0)], bytes.Name, bytes.Length, hash);
            return true;
        }
        catch (CorruptDataException)
        {
            // As good as absent: putting the content again mends it.
            return false;
        }
    }

    /// <summary>Whether the content is there and stays there.</summary>
    private bool IsSettled(in ContentHash hash)
    {
        var key = StoreLayout.BlobKey(hash);
        using var bytes = _backend.TryOpen(key);
        if (bytes is null || !IsSound(bytes, hash))
        {
            return false;
        }

        // Looked for once more: before it was touched, a garbage collection may have taken it for old.
        _backend.Settle(key);
        using var still = _backend.TryOpen(key);
        return still is not null;
    }

    /// <summary>
    /// Whether content is written while it is hashed: one processor hashes a chunk, so another is free. Larger content is hashed
    /// by all; and a distant place is not sent what it may have.
    /// </summary>
    private bool WritesAhead(long length) => _backend is LocalBackend && Environment.ProcessorCount > 1
        && length is >= LeastAhead and <= ChunkTable.ChunkLength;

    private ContentHash PutHashed(in ReadOnlySequence<byte> content, int elementWidth)
    {
        var chunks = ChunkTable.Of(content);
        var hash = chunks.Root;
        if (!IsSettled(hash))
        {
            using var upload = Upload(content, elementWidth);
            upload.Publish(chunks, hash, content.Length);
        }

        return hash;
    }

    private ContentHash PutAhead(ReadOnlySequence<byte> content, int elementWidth)
    {
        var upload = Task.Run(() => Upload(content, elementWidth));
        try
        {
            var chunks = ChunkTable.Of(content);
            var hash = chunks.Root;
            Wait(upload);
            if (!IsSettled(hash))
            {
                upload.GetAwaiter().GetResult().Publish(chunks, hash, content.Length);
            }

            return hash;
        }
        finally
        {
            // What went wrong with it has been thrown by now, or does not matter, because the content is there.
            Wait(upload);
            if (upload.IsCompletedSuccessfully)
            {
                upload.Result.Dispose();
            }
        }
    }

    private static void Wait(Task task) => task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();

    /// <summary>Content that is written but for its head; the caller publishes or drops it.</summary>
    private BlobUpload Upload(in ReadOnlySequence<byte> content, int elementWidth)
    {
        var pieces = new ContentChunks(content);
        var encoding = EncodingProbe.Choose(content, elementWidth);
        if (encoding.Codec != CodecId.Raw)
        {
            var encoded = Upload(pieces, encoding);
            if (EncodingProbe.Pays(content.Length, encoded.PayloadLength))
            {
                return encoded;
            }

            encoded.Dispose();
        }

        return Upload(pieces, BlobEncoding.Raw);
    }

    private BlobUpload Upload(ContentChunks pieces, BlobEncoding encoding)
    {
        var upload = new BlobUpload(_backend, encoding);
        try
        {
            upload.Append(pieces.Count, index => pieces[index]);
            return upload;
        }
        catch
        {
            upload.Dispose();
            throw;
        }
    }

    private void RequireWritable()
    {
        if (_readOnly)
        {
            throw new InvalidOperationException($"The store at {_backend.Name} was opened for reading only.");
        }
    }
}
