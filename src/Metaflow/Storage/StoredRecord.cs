namespace Metaflow.Storage;

/// <summary>A record as it was read: verified, and its memory stays valid.</summary>
/// <param name="file">The segment file that it is in, for messages.</param>
/// <param name="address">Where it is.</param>
/// <param name="kind">What it tells; may be a kind that this version does not know.</param>
/// <param name="header">The small part that listings need.</param>
/// <param name="body">The rest.</param>
internal readonly struct StoredRecord(
    string file, RecordAddress address, RecordKind kind, ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> body)
{
    /// <summary>The segment file that the record is in.</summary>
    public string File { get; } = file;

    /// <summary>Where the record is.</summary>
    public RecordAddress Address { get; } = address;

    /// <summary>What the record tells; may be a kind that this version does not know.</summary>
    public RecordKind Kind { get; } = kind;

    /// <summary>The small part that listings need.</summary>
    public ReadOnlyMemory<byte> Header { get; } = header;

    /// <summary>The rest.</summary>
    public ReadOnlyMemory<byte> Body { get; } = body;

    /// <summary>Where to go on scanning; a record may not be there yet.</summary>
    public RecordAddress Next =>
        new(Address.Segment, Address.Offset + SegmentFormat.RecordPrefixLength + Header.Length + Body.Length);
}
