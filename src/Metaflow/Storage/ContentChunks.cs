using System.Buffers;

namespace Metaflow.Storage;

/// <summary>Content in memory, cut into chunks without copying.</summary>
internal readonly struct ContentChunks
{
    private readonly ReadOnlySequence<byte> _content;
    private readonly SequencePosition[] _starts;

    public ContentChunks(in ReadOnlySequence<byte> content)
    {
        _content = content;
        Length = content.Length;
        _starts = new SequencePosition[ChunkTable.CountOf(Length)];
        var position = content.Start;
        for (var index = 0; index < _starts.Length; index++)
        {
            _starts[index] = position;
            position = content.GetPosition(ChunkTable.LengthOf(Length, index), position);
        }
    }

    /// <summary>The number of bytes.</summary>
    public long Length { get; }

    /// <summary>The number of chunks; at least 1.</summary>
    public int Count => _starts.Length;

    /// <summary>One chunk.</summary>
    public ReadOnlySequence<byte> this[int index] =>
        _content.Slice(_starts[index], ChunkTable.LengthOf(Length, index));
}
