namespace Metaflow.Storage;

/// <summary>Records of one segment that are not written yet, as the very bytes of the file.</summary>
/// <param name="segment">The segment's number.</param>
/// <param name="start">Where in the file the bytes begin.</param>
/// <param name="buffer">What to collect them in, of a batch that was written; <see langword="null"/> for a new one.</param>
internal sealed class SegmentBatch(int segment, long start, byte[]? buffer = null)
{
    private const int FirstBuffer = 4096;
    private const int LargestKept = 1024 * 1024;

    private byte[] _bytes = buffer ?? GC.AllocateUninitializedArray<byte>(FirstBuffer);

    /// <summary>What a later batch can use when this one was written; <see langword="null"/> if it is too large to be kept.</summary>
    public byte[]? Buffer => _bytes.Length <= LargestKept ? _bytes : null;

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
            var larger = GC.AllocateUninitializedArray<byte>(Math.Max(needed, doubled));
            Bytes.CopyTo(larger);
            _bytes = larger;
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
