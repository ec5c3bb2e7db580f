using System.Buffers.Binary;

namespace Metaflow.Storage.Codecs;

/// <summary>
/// The kind of LZ4 frame that blobs hold: independent blocks, each one chunk of the content, and the content's length in
/// the header. Any LZ4 program reads it.
/// </summary>
internal static class Lz4Frame
{
    /// <summary>The length of the header.</summary>
    public const int HeaderLength = 15;

    /// <summary>The length of what precedes a block.</summary>
    public const int BlockPrefixLength = sizeof(uint);

    /// <summary>The length of what ends the frame.</summary>
    public const int EndLength = sizeof(uint);

    private const uint Magic = 0x184D2204;

    /// <summary>Version 01, independent blocks, content length present; no checksums, since the content has its hash.</summary>
    private const byte Flags = 0b0110_1000;

    /// <summary>The first of the block sizes that a frame can announce; each next one is four times as large.</summary>
    private const int SmallestBlock = 64 << 10;
    private const int SmallestBlockId = 4;

    private const uint StoredFlag = 1u << 31;

    /// <summary>Writes the header.</summary>
    public static void WriteHeader(Span<byte> destination, long contentLength)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        destination[4] = Flags;
        destination[5] = (byte)(BlockSizeId(contentLength) << 4);
        BinaryPrimitives.WriteInt64LittleEndian(destination[6..], contentLength);
        destination[14] = (byte)(XxHash32.OfShort(destination[4..14]) >> 8);
    }

    /// <summary>Writes one chunk as a block, compressed if that makes it smaller.</summary>
    /// <param name="destination">Has room for the chunk and the prefix.</param>
    /// <param name="chunk">The content.</param>
    /// <returns>The number of bytes written.</returns>
    public static int WriteBlock(Span<byte> destination, ReadOnlySpan<byte> chunk)
    {
        var length = Lz4Block.Compress(chunk, destination.Slice(BlockPrefixLength, chunk.Length - 1));
        if (length == 0)
        {
            chunk.CopyTo(destination[BlockPrefixLength..]);
            BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)chunk.Length | StoredFlag);
            return BlockPrefixLength + chunk.Length;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)length);
        return BlockPrefixLength + length;
    }

    /// <summary>Reads what precedes a block.</summary>
    /// <returns>The block's length, and whether it is stored as it is.</returns>
    public static (int Length, bool Stored) ReadBlockPrefix(ReadOnlySpan<byte> source)
    {
        var value = BinaryPrimitives.ReadUInt32LittleEndian(source);
        return ((int)(value & ~StoredFlag), (value & StoredFlag) != 0);
    }

    /// <summary>Gives the chunk that a block holds.</summary>
    /// <returns>Whether the block is sound and fills <paramref name="chunk"/> exactly.</returns>
    public static bool TryReadBlock(ReadOnlySpan<byte> block, bool stored, Span<byte> chunk)
    {
        if (!stored)
        {
            return Lz4Block.TryDecompress(block, chunk);
        }

        if (block.Length != chunk.Length)
        {
            return false;
        }

        block.CopyTo(chunk);
        return true;
    }

    /// <summary>The smallest announced size that holds the content, or a whole chunk of it.</summary>
    private static int BlockSizeId(long contentLength)
    {
        var id = SmallestBlockId;
        for (long size = SmallestBlock; size < Math.Min(contentLength, ChunkTable.ChunkLength); size <<= 2)
        {
            id++;
        }

        return id;
    }
}
