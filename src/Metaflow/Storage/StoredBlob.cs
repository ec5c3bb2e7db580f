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
    private bool _copied;
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

    /// <summary>Whether memory taken from the blob needs it; otherwise it is memory of its own.</summary>
    public bool IsLent { get; private set; }

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

    /// <summary>
    /// The whole content, read and verified when it is first touched; <see cref="BlobMemory.BlobOf"/> gives this blob until then.
    /// </summary>
    /// <exception cref="CorruptDataException">The blob is damaged; also when the memory is touched.</exception>
    public ReadOnlySequence<byte> Deferred
    {
        get
        {
            if (Length is < MapFrom or > BlobReader.MaxPiece || _bytes is not IMappableBytes)
            {
                return Sequence;
            }

            IsLent = true;
            return new(new BlobMemory(this).Memory);
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

    /// <summary>Reads the content's first bytes without verifying them: a guess for <see cref="CopyTo"/>, which does.</summary>
    public void Peek(Span<byte> start)
    {
        lock (_loading)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_loaded)
            {
                _content.Slice(0, start.Length).CopyTo(start);
            }
            else
            {
                Reader().Peek(start);
            }
        }
    }

    /// <summary>Reads the content into memory of the caller; verified on return, and not to be used when this throws.</summary>
    /// <param name="start">What the first bytes are, as <see cref="Peek"/> said, no more than a chunk.</param>
    /// <param name="rest">Where the others go.</param>
    /// <exception cref="CorruptDataException">The blob is damaged, or does not begin like that.</exception>
    public void CopyTo(ReadOnlySpan<byte> start, Span<byte> rest)
    {
        lock (_loading)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_loaded && !_copied)
            {
                Reader().ReadAll(start, rest);
                _copied = true;
                return;
            }
        }

        // Content that is wanted again is kept, so that it is verified no third time.
        var content = Sequence;
        if (!content.FirstSpan.StartsWith(start))
        {
            throw CorruptDataException.Create(_bytes.Name, BlobHeader.Length, "it changed while it was read");
        }

        ParallelCopy.CopyTo(content.Slice(start.Length), rest);
    }

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

        IsLent |= _map is not null;
        return _map is null ? reader.ReadAll() : reader.Verify(_map);
    }
}
