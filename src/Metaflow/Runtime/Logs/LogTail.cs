namespace Metaflow.Runtime.Logs;

/// <summary>The last bytes of a stream that was too long to keep, and how many there were in all.</summary>
internal sealed class LogTail
{
    /// <summary>How many bytes are kept.</summary>
    public const int Capacity = 64 * 1024;

    private byte[] _ring = [];
    private int _next;

    /// <summary>How many bytes were added.</summary>
    public long Total { get; private set; }

    /// <summary>Adds bytes; only the last ones stay.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Total += bytes.Length;
        if (_ring.Length == 0)
        {
            _ring = new byte[Capacity];
        }

        if (bytes.Length > Capacity)
        {
            bytes = bytes[^Capacity..];
        }

        var first = Math.Min(bytes.Length, Capacity - _next);
        bytes[..first].CopyTo(_ring.AsSpan(_next));
        bytes[first..].CopyTo(_ring);
        _next = (_next + bytes.Length) % Capacity;
    }

    /// <summary>Takes over what another one was given after this one.</summary>
    public void Add(LogTail later)
    {
        Add(later.Last());
        Total += later.Total - Math.Min(later.Total, Capacity);
    }

    /// <summary>The last bytes, in order.</summary>
    public byte[] Last() => Total < Capacity ? _ring[.._next] : [.. _ring.AsSpan(_next), .. _ring.AsSpan(0, _next)];
}
