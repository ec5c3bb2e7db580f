namespace Metaflow.Storage;

/// <summary>Records of one segment that are not written yet, as the very bytes of the file.</summary>
internal sealed class SegmentBatch(int segment, long start)
{
    private byte[] _bytes = new byte[4096];

    /// <summary>The segment's number.</summary>
    public int Segment { get; } = segment;

    /// <summary>Where in the file the bytes begin.</summary>
    public long Start { get; } = start;

    /// <summary>The number of bytes.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>Where in the file the bytes end.</summary>
    public long End => Start + Length;

    /// <summary>Adds bytes and gives them to be filled in.</summary>
    public Span<byte> Add(int count)
    {
        var needed = checked(Length + count);
        if (needed > _bytes.Length)
        {
            var doubled = (int)Math.Min(Array.MaxLength, 2L * _bytes.Length);
            Array.Resize(ref _bytes, Math.Max(needed, doubled));
        }

        Length = needed;
        return _bytes.AsSpan(needed - count, count);
    }

    /// <summary>Adds a barrier, or the file's header at the start of the file.</summary>
    public void AddOpening()
    {
        if (Start == 0)
        {
            SegmentFormat.WriteFileHeader(Add(SegmentFormat.FileHeaderLength), Segment);
        }
        else
        {
            var address = new RecordAddress(Segment, End);
            SegmentFormat.WriteRecord(Add(SegmentFormat.RecordPrefixLength), address, SegmentFormat.Barrier, [], []);
        }
    }
}
