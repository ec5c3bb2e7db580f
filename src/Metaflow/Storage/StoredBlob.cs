using System.Buffers;
using Metaflow.Storage.Codecs;
using Metaflow.Storage.Files;

namespace Metaflow.Storage;

/// <summary>
/// Content that is in the store. It is read and verified when first asked for; nothing is returned that does not have its
/// hash. Memory taken from it is valid until it is disposed.
/// </summary>
internal sealed class StoredBlob : IDisposable
{
    /// <summary>Smaller content is cheaper to read than to map.</summary>
    private const int MapFrom = 1 << 18;

    private readonly IReadableBytes _bytes;
    private readonly BlobHeader _header;
    private readonly Lock _loading = new();
    private BlobReader? _reader;
    private MappedBytes? _map;
    private ReadOnlySequence<byte> _content;
    private bool _loaded;
    private bool _disposed;

    private StoredBlob(IReadableBytes bytes, in BlobHeader header)
    {
        _bytes = bytes;
        _header = header;
    }

    /// <summary>The content's identity.</summary>
    public ContentHash Hash => _header.Hash;

    /// <summary>The content's length in bytes.</summary>
    public long Length => _header.RawLength;

    /// <summary>Whether memory taken from the blob is a view of its file; otherwise it is memory of its own.</summary>
    public bool IsMapped => _map is not null;

    /// <summary>The whole content, verified.</summary>
    /// <exception cref="CorruptDataException">The blob is damaged.</exception>
    public ReadOnlySequence<byte> Sequence
    {
        get
        {
            lock (_loading)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                if (!_loaded)
                {
                    _content = Load();
                    _loaded = true;
                }

                return _content;
            }
        }
    }

    /// <summary>The whole content in one piece, verified.</summary>
    /// <exception cref="CorruptDataException">The blob is damaged.</exception>
    /// <exception cref="MetaflowException">The content is larger than one piece of memory can be.</exception>
    public ReadOnlyMemory<byte> Memory =>
        Length > BlobReader.MaxPiece
            ? throw new MetaflowException(
                $"{_bytes.Name} holds {Length} bytes, more than one piece of memory can. Read it as a stream.")
            : Sequence.First;

    /// <summary>
    /// The content as a stream that reads and verifies chunk by chunk, whatever the content's length. It must not be used
    /// after this blob is disposed.
    /// </summary>
    /// <param name="disposeBlob">Whether this blob is disposed with the stream.</param>
    /// <exception cref="CorruptDataException">The blob is damaged; also while reading.</exception>
    public Stream OpenRead(bool disposeBlob = false)
    {
        lock (_loading)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new BlobStream(Reader(), disposeBlob ? this : null);
        }
    }

    /// <summary>Lets go of the file and the memory.</summary>
    public void Dispose()
    {
        lock (_loading)
        {
            _disposed = true;
            _content = default;
            _map?.Dispose();
            _bytes.Dispose();
        }
    }

    internal static StoredBlob Open(IReadableBytes bytes, in ContentHash hash)
    {
        try
        {
            Span<byte> head = stackalloc byte[BlobHeader.Length];
            return new(bytes, BlobHeader.Read(head[..bytes.Read(head, 0)], bytes.Name, bytes.Length, hash));
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    private BlobReader Reader() => _reader ??= new(_bytes, _header);

    private ReadOnlySequence<byte> Load()
    {
        var reader = Reader();
        if (_header.Encoding.Codec != CodecId.Raw || Length < MapFrom)
        {
            return reader.ReadAll();
        }

        try
        {
            _map = (_bytes as IMappableBytes)?.TryMap();
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("read", _bytes.Name, fault);
        }

        return _map is null ? reader.ReadAll() : reader.Verify(_map);
    }
}
