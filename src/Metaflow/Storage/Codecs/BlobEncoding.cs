using System.Buffers;

namespace Metaflow.Storage.Codecs;

/// <summary>How the chunks of one blob are encoded.</summary>
/// <param name="Codec">How they are compressed.</param>
/// <param name="ElementWidth">The width of the numbers whose bytes are grouped first; 1 for none.</param>
internal readonly record struct BlobEncoding(CodecId Codec, int ElementWidth)
{
    /// <summary>As they are.</summary>
    public static readonly BlobEncoding Raw = new(CodecId.Raw, 1);

    /// <summary>No LZ4 byte stands for more bytes of content.</summary>
    private const int Lz4MaxRatio = 255;

    /// <summary>Whether this version can read it.</summary>
    public bool IsKnown => Codec switch
    {
        CodecId.Raw => ElementWidth == 1,
        CodecId.Lz4 => ElementWidth == 1 || ByteShuffle.IsWidth(ElementWidth),
        _ => false,
    };

    /// <summary>Whether a payload can hold that much content, so that no memory is taken for a length that is made up.</summary>
    public bool IsPossible(long rawLength, long payloadLength) => Codec == CodecId.Raw
        ? rawLength == payloadLength
        : rawLength > 0 && payloadLength > Lz4Frame.HeaderLength + Lz4Frame.EndLength && rawLength / Lz4MaxRatio <= payloadLength;

    /// <summary>Encodes a chunk as a block of the payload.</summary>
    /// <returns>The number of bytes written.</returns>
    public int EncodeBlock(in ReadOnlySequence<byte> chunk, Span<byte> destination)
    {
        if (chunk.IsSingleSegment && ElementWidth == 1)
        {
            return Lz4Frame.WriteBlock(destination, chunk.FirstSpan);
        }

        var length = (int)chunk.Length;
        var scratch = ArrayPool<byte>.Shared.Rent(2 * length);
        try
        {
            var source = chunk.FirstSpan;
            if (!chunk.IsSingleSegment)
            {
                chunk.CopyTo(scratch);
                source = scratch.AsSpan(0, length);
            }

            return Lz4Frame.WriteBlock(destination, Shuffled(source, scratch.AsSpan(length, length)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    /// <summary>Decodes a block of the payload.</summary>
    /// <returns>Whether the block is sound and fills <paramref name="chunk"/> exactly.</returns>
    public bool TryDecodeBlock(ReadOnlySpan<byte> block, bool stored, Span<byte> chunk)
    {
        if (ElementWidth == 1)
        {
            return Lz4Frame.TryReadBlock(block, stored, chunk);
        }

        var scratch = ArrayPool<byte>.Shared.Rent(chunk.Length);
        try
        {
            var shuffled = scratch.AsSpan(0, chunk.Length);
            if (!Lz4Frame.TryReadBlock(block, stored, shuffled))
            {
                return false;
            }

            ByteShuffle.Unshuffle(shuffled, chunk, ElementWidth);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    /// <summary>The chunk with its bytes grouped, if that is wanted.</summary>
    private ReadOnlySpan<byte> Shuffled(ReadOnlySpan<byte> chunk, Span<byte> scratch)
    {
        if (ElementWidth == 1)
        {
            return chunk;
        }

        ByteShuffle.Shuffle(chunk, scratch, ElementWidth);
        return scratch;
    }
}
