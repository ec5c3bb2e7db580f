using System.Buffers.Binary;
using System.Numerics;
using Metaflow.Storage.Codecs;

namespace Metaflow.Storage;

/// <summary>The first 64 bytes of a blob file, format version 1; see docs/formats/blob.md.</summary>
/// <param name="Encoding">How the payload is encoded.</param>
/// <param name="RawLength">The number of bytes of the content.</param>
/// <param name="PayloadLength">The number of bytes of the payload.</param>
/// <param name="Hash">The content's identity.</param>
internal readonly record struct BlobHeader(BlobEncoding Encoding, long RawLength, long PayloadLength, ContentHash Hash)
{
    /// <summary>The version that is written, and the newest that can be read.</summary>
    public const ushort Version = 1;

    /// <summary>The header's length, and the payload's offset.</summary>
    public const int Length = 64;

    private const int ChecksumOffset = 12;
    private const int HashOffset = 32;

    /// <summary>The offset of the chunk hashes.</summary>
    public long TableOffset => Length + PayloadLength;

    /// <summary>The number of bytes of the chunk hashes; content of one chunk has none.</summary>
    public long TableLength => RawLength <= ChunkTable.ChunkLength ? 0 : ChunkTable.CountOf(RawLength) * ContentHash.Length;

    /// <summary>The length of the whole file.</summary>
    public long FileLength => TableOffset + TableLength;

    private static ReadOnlySpan<byte> Magic => [0x89, (byte)'M', (byte)'F', (byte)'B', (byte)'L', (byte)'B', 0x0D, 0x0A];

    /// <summary>Writes the header.</summary>
    public void Write(Span<byte> destination)
    {
        destination = destination[..Length];
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[8..], Version);
        destination[10] = (byte)Encoding.Codec;
        destination[11] = (byte)Encoding.ElementWidth;
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], RawLength);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], PayloadLength);
        Hash.CopyTo(destination[HashOffset..]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[ChecksumOffset..], Checksum(destination));
    }

    /// <summary>Reads a header and checks all that can be checked without the rest of the file.</summary>
    /// <param name="source">The file's first bytes.</param>
    /// <param name="name">What messages call the file.</param>
    /// <param name="fileLength">The file's length.</param>
    /// <param name="hash">The content's identity, which the header repeats.</param>
    /// <exception cref="CorruptDataException">The header is not one that was written.</exception>
    /// <exception cref="MetaflowException">The file has a newer format, or a codec of a newer version.</exception>
    public static BlobHeader Read(ReadOnlySpan<byte> source, string name, long fileLength, in ContentHash hash)
    {
        if (source.Length < Length)
        {
            throw CorruptDataException.Create(name, source.Length, "it ends within its header");
        }

        if (!source.StartsWith(Magic))
        {
            throw CorruptDataException.Create(name, 0, "it does not begin as a blob");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(source[ChecksumOffset..]) != Checksum(source[..Length]))
        {
            throw CorruptDataException.Create(name, 0, "the header's checksum is wrong");
        }

        var version = BinaryPrimitives.ReadUInt16LittleEndian(source[8..]);
        if (version != Version)
        {
            throw new MetaflowException(
                $"{name} has format version {version}; this version of Metaflow reads version {Version}. "
                + "Use the version of Metaflow that wrote it, or a newer one.");
        }

        var header = new BlobHeader(
            new((CodecId)source[10], source[11]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            new(source[HashOffset..]));
        header.CheckLengths(name, fileLength);
        return header.Hash.Equals(hash)
            ? header
            : throw CorruptDataException.Create(name, HashOffset, $"it holds the content {header.Hash}");
    }

    private void CheckLengths(string name, long fileLength)
    {
        // The first two keep the sums below from overflowing.
        if (RawLength < 0 || RawLength > long.MaxValue / 4 || PayloadLength < 0 || PayloadLength > fileLength
            || FileLength != fileLength)
        {
            throw CorruptDataException.Create(name, 16, $"it has {fileLength} bytes, which is not what its header says");
        }

        if (!Encoding.IsKnown)
        {
            throw new MetaflowException(
                $"{name} is compressed in a way that this version of Metaflow does not know (codec "
                + $"{(byte)Encoding.Codec}, width {Encoding.ElementWidth}). Use the version of Metaflow that wrote it, or a newer one.");
        }

        if (!Encoding.IsPossible(RawLength, PayloadLength))
        {
            throw CorruptDataException.Create(name, 16, $"{PayloadLength} bytes cannot hold {RawLength}");
        }
    }

    private static uint Checksum(ReadOnlySpan<byte> header)
    {
        var crc = uint.MaxValue;
        for (var offset = 0; offset < Length; offset += sizeof(ulong))
        {
            var part = BinaryPrimitives.ReadUInt64LittleEndian(header[offset..]);

            // The checksum's own four bytes count as 0.
            crc = BitOperations.Crc32C(crc, offset == 8 ? part & uint.MaxValue : part);
        }

        return ~crc;
    }
}
