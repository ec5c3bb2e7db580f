using System.Buffers;

namespace Metaflow.Artifacts;

/// <summary>
/// Collects bytes of unknown length. What fits one buffer comes out as one exact array; what is larger as a chain of
/// buffers, so that nothing large is ever copied and no length is out of reach.
/// </summary>
internal sealed class ContentWriter : IBufferWriter<byte>, IDisposable
{
    private const int FirstSize = 4 * 1024;
    private const int SegmentSize = 1024 * 1024;

    private readonly List<ReadOnlyMemory<byte>> _sealed = [];
    private byte[] _current = ArrayPool<byte>.Shared.Rent(FirstSize);
    private bool _pooled = true;
    private int _used;

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _current.Length - _used);
        _used += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _current.AsMemory(_used);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _current.AsSpan(_used);
    }

    /// <summary>Everything written. The writer is not used for writing afterwards.</summary>
    public ReadOnlySequence<byte> ToSequence()
    {
        if (_sealed.Count == 0)
        {
            return new ReadOnlySequence<byte>(_current.AsSpan(0, _used).ToArray());
        }

        Seal();
        return Segments.Join(_sealed);
    }

    public void Dispose()
    {
        if (_pooled)
        {
            ArrayPool<byte>.Shared.Return(_current);
            _pooled = false;
        }

        _current = [];
        _used = 0;
    }

    private void Reserve(int sizeHint)
    {
        var needed = Math.Max(sizeHint, 1);
        if (_current.Length - _used >= needed)
        {
            return;
        }

        var wanted = (long)_used + needed;
        if (_sealed.Count == 0 && wanted <= SegmentSize)
        {
            Replace(ArrayPool<byte>.Shared.Rent((int)Math.Min(SegmentSize, Math.Max(wanted, 2L * _current.Length))), _used);
            return;
        }

        Seal();
        _current = GC.AllocateUninitializedArray<byte>(Math.Max(SegmentSize, needed));
        _pooled = false;
        _used = 0;
    }

    private void Replace(byte[] larger, int keep)
    {
        _current.AsSpan(0, keep).CopyTo(larger);
        if (_pooled)
        {
            ArrayPool<byte>.Shared.Return(_current);
        }

        _current = larger;
        _pooled = true;
    }

    private void Seal()
    {
        if (_used > 0)
        {
            // A sealed buffer belongs to the result, so a rented one is copied out.
            _sealed.Add(_pooled ? _current.AsSpan(0, _used).ToArray() : _current.AsMemory(0, _used));
        }

        if (_pooled)
        {
            ArrayPool<byte>.Shared.Return(_current);
            _pooled = false;
        }

        _current = [];
        _used = 0;
    }
}
