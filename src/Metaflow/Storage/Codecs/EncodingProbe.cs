using System.Buffers;

namespace Metaflow.Storage.Codecs;

/// <summary>Chooses how to encode content by trying it on samples.</summary>
internal static class EncodingProbe
{
    private const int SampleLength = 8 << 10;
    private const int MaxSamples = 8;

    /// <summary>A file system gives out space in such pieces; content within one has nothing to save.</summary>
    private const int DiskBlock = 4096;

    /// <summary>Content is compressed only if at least one part in this many is saved.</summary>
    private const int LeastSaving = 8;

    /// <summary>Grouping must save one part in this many more than plain compression, since it costs time when reading.</summary>
    private const int LeastGain = 16;

    /// <summary>Whether an encoded length is worth it.</summary>
    public static bool Pays(long rawLength, long encodedLength) =>
        rawLength - encodedLength >= Math.Max(DiskBlock, rawLength / LeastSaving);

    /// <summary>Chooses an encoding.</summary>
    /// <param name="content">The content.</param>
    /// <param name="elementWidth">The width of the numbers in it; 1, or a width that cannot be grouped, for none.</param>
    public static BlobEncoding Choose(in ReadOnlySequence<byte> content, int elementWidth)
    {
        if (content.Length <= DiskBlock)
        {
            return BlobEncoding.Raw;
        }

        var widths = ByteShuffle.IsWidth(elementWidth) ? new[] { 1, elementWidth } : [1];
        Span<long> sizes = stackalloc long[widths.Length];
        var sampled = Measure(content, widths, sizes);
        var width = 1;
        var size = sizes[0];
        if (widths.Length > 1 && sizes[1] <= size - (size / LeastGain))
        {
            width = widths[1];
            size = sizes[1];
        }

        // One sample says little about the last few bytes, so the whole is judged by its share.
        var expected = (long)((double)size / sampled * content.Length);
        return Pays(content.Length, expected) ? new(CodecId.Lz4, width) : BlobEncoding.Raw;
    }

    private static long Measure(in ReadOnlySequence<byte> content, ReadOnlySpan<int> widths, Span<long> sizes)
    {
        var count = (int)Math.Clamp(content.Length / (2 * SampleLength), 1, MaxSamples);
        var stride = content.Length / count / SampleAlignment * SampleAlignment;
        var buffer = ArrayPool<byte>.Shared.Rent(SampleLength + Lz4Frame.BlockPrefixLength);
        var sampled = 0L;
        try
        {
            for (var index = 0; index < count; index++)
            {
                var sample = content.Slice(index * stride);
                sample = sample.Slice(0, Math.Min(SampleLength, sample.Length));
                sampled += sample.Length;
                for (var choice = 0; choice < widths.Length; choice++)
                {
                    sizes[choice] += new BlobEncoding(CodecId.Lz4, widths[choice]).EncodeBlock(sample, buffer);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return sampled;
    }

    /// <summary>Samples begin at whole numbers.</summary>
    private const int SampleAlignment = 8;
}
