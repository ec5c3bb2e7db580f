namespace Metaflow.Storage;

/// <summary>A blob's content from its beginning, read and verified chunk by chunk. For one thread.</summary>
internal sealed class BlobStream(BlobReader reader, IDisposable? owner) : Stream
{
    private byte[] _chunk = [];
    private int _chunkIndex = -1;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => reader.Length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position >= Length || buffer.IsEmpty)
        {
            return 0;
        }

        var index = (int)(_position / ChunkTable.ChunkLength);
        if (index != _chunkIndex)
        {
            Load(index);
        }

        var left = _chunk.AsSpan(0, reader.LengthOf(index))[(int)(_position % ChunkTable.ChunkLength)..];
        var count = Math.Min(left.Length, buffer.Length);
        left[..count].CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            owner?.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Load(int index)
    {
        if (_chunk.Length == 0)
        {
            _chunk = GC.AllocateUninitializedArray<byte>((int)Math.Min(ChunkTable.ChunkLength, Length));
        }

        _chunkIndex = -1;
        reader.ReadChunk(index, _chunk.AsSpan(0, reader.LengthOf(index)));
        _chunkIndex = index;
    }
}
