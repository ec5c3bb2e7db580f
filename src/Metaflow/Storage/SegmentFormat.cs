using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Metaflow.Storage;

/// <summary>The bytes of a segment file, format version 1; see docs/formats/segment.md.</summary>
internal static class SegmentFormat
{
    /// <summary>The version that is written, and the newest that can be read.</summary>
    public const ushort Version = 1;

    /// <summary>The length of a file's header.</summary>
    public const int FileHeaderLength = 16;

    /// <summary>The length of what precedes a record's header and body.</summary>
    public const int RecordPrefixLength = 16;

    /// <summary>The most that a record's header and body may have together.</summary>
    public const int MaxRecordLength = 1 << 30;

    /// <summary>The last segment that a run can have.</summary>
    public const int MaxSegment = ushort.MaxValue;

    /// <summary>The kind of a barrier: a record without content which says that all before it was durable.</summary>
    public const RecordKind Barrier = 0;

    /// <summary>Records of this kind and those above name no content, so who does not know them may remove content.</summary>
    public const RecordKind FirstFreeKind = (RecordKind)128;

    /// <summary>What the name of every segment ends with.</summary>
    public const string FileExtension = ".seg";
    private const int NumberDigits = 5;

    /// <summary>What a barrier consists of after its checksum: no header, no body, kind 0, the mark.</summary>
    public static ReadOnlySpan<byte> BarrierPattern => [0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)'M', (byte)'F', (byte)'r'];

    private static ReadOnlySpan<byte> Magic => [0x89, (byte)'M', (byte)'F', (byte)'S', (byte)'E', (byte)'G', 0x0D, 0x0A];

    private static ReadOnlySpan<byte> Mark => "MFr"u8;

    /// <summary>The file name of a segment.</summary>
    public static string FileName(int segment) =>
        segment.ToString(CultureInfo.InvariantCulture).PadLeft(NumberDigits, '0') + FileExtension;

    /// <summary>The segment of a file name; 0 if the name is not a segment's.</summary>
    public static int SegmentOf(string fileName) =>
        fileName.Length == NumberDigits + FileExtension.Length && fileName.EndsWith(FileExtension, StringComparison.Ordinal)
        && int.TryParse(fileName.AsSpan(0, NumberDigits), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number <= MaxSegment
            ? number
            : 0;

    /// <summary>Writes a file's header.</summary>
    public static void WriteFileHeader(Span<byte> destination, int segment)
    {
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[8..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[10..], (ushort)segment);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], ~Checksum(uint.MaxValue, destination[..12]));
    }

    /// <summary>Reads a file's header; its version may be any.</summary>
    public static bool TryReadFileHeader(ReadOnlySpan<byte> source, out ushort version, out int segment)
    {
        version = 0;
        segment = 0;
        if (source.Length < FileHeaderLength || !source.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(source[12..]) != ~Checksum(uint.MaxValue, source[..12]))
        {
            return false;
        }

        version = BinaryPrimitives.ReadUInt16LittleEndian(source[8..]);
        segment = BinaryPrimitives.ReadUInt16LittleEndian(source[10..]);
        return true;
    }

    /// <summary>Writes a whole record.</summary>
    public static void WriteRecord(
        Span<byte> destination, RecordAddress address, RecordKind kind, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], header.Length);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], body.Length);
        destination[12] = (byte)kind;
        Mark.CopyTo(destination[13..]);
        header.CopyTo(destination[RecordPrefixLength..]);
        body.CopyTo(destination[(RecordPrefixLength + header.Length)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(
            destination, RecordChecksum(address, destination[..(RecordPrefixLength + header.Length + body.Length)]));
    }

    /// <summary>Reads the lengths of a record and whether they are possible.</summary>
    public static bool TryReadPrefix(ReadOnlySpan<byte> source, out RecordPrefix prefix)
    {
        prefix = default;
        if (source.Length < RecordPrefixLength || !source[13..].StartsWith(Mark))
        {
            return false;
        }

        long header = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
        long body = BinaryPrimitives.ReadUInt32LittleEndian(source[8..]);
        if (header + body > MaxRecordLength)
        {
            return false;
        }

        prefix = new((RecordKind)source[12], (int)header, (int)body);
        return true;
    }

    /// <summary>Whether the bytes of a record, from its first to its last, are those that were written at the address.</summary>
    public static bool IsIntact(RecordAddress address, ReadOnlySpan<byte> record) =>
        BinaryPrimitives.ReadUInt32LittleEndian(record) == RecordChecksum(address, record);

    /// <summary>The checksum of some bytes.</summary>
    public static uint ChecksumOf(ReadOnlySpan<byte> bytes) => ~Checksum(uint.MaxValue, bytes);

    /// <summary>The address is part of the checksum, so that a record found at another place is no record.</summary>
    private static uint RecordChecksum(RecordAddress address, ReadOnlySpan<byte> record) =>
        ~Checksum(BitOperations.Crc32C(uint.MaxValue, address.Value), record[4..]);

    private static uint Checksum(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}

/// <summary>The lengths and kind that precede a record.</summary>
/// <param name="Kind">What the record tells.</param>
/// <param name="HeaderLength">The length of its header.</param>
/// <param name="BodyLength">The length of its body.</param>
internal readonly record struct RecordPrefix(RecordKind Kind, int HeaderLength, int BodyLength)
{
    /// <summary>The length of the record from its first byte to its last.</summary>
    public int TotalLength => SegmentFormat.RecordPrefixLength + HeaderLength + BodyLength;

    /// <summary>The record whose bytes, from its first to its last, are given.</summary>
    public StoredRecord ToRecord(SegmentFile file, RecordAddress address, ReadOnlyMemory<byte> bytes) =>
        new(
            file.Name,
            address,
            Kind,
            bytes.Slice(SegmentFormat.RecordPrefixLength, HeaderLength),
            bytes.Slice(SegmentFormat.RecordPrefixLength + HeaderLength, BodyLength));
}
