using System.Globalization;

namespace Metaflow.Storage;

/// <summary>Where a record is in its run: the segment's number in the upper 16 bits, the byte offset in the lower 48.</summary>
/// <param name="Value">The two numbers in one; 0 is no address.</param>
internal readonly record struct RecordAddress(ulong Value)
{
    private const int OffsetBits = 48;

    /// <param name="segment">The segment's number, from 1.</param>
    /// <param name="offset">The record's offset in the segment file.</param>
    public RecordAddress(int segment, long offset)
        : this(((ulong)segment << OffsetBits) | (ulong)offset)
    {
    }

    /// <summary>Whether there is no address.</summary>
    public bool IsNone => Value == 0;

    /// <summary>The segment's number, from 1.</summary>
    public int Segment => (int)(Value >> OffsetBits);

    /// <summary>The record's offset in the segment file.</summary>
    public long Offset => (long)(Value & ((1UL << OffsetBits) - 1));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Segment}:{Offset}");
}
