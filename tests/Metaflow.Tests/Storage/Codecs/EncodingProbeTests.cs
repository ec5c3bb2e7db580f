using System.Buffers;
using System.Runtime.InteropServices;
using Metaflow.Storage;
using Metaflow.Storage.Codecs;

namespace Metaflow.Tests.Storage.Codecs;

public sealed class EncodingProbeTests
{
    private static BlobEncoding Choose(byte[] content, int width) => EncodingProbe.Choose(new ReadOnlySequence<byte>(content), width);

    [Theory]
    [InlineData(100)]
    [InlineData(50_000)]
    [InlineData(3_000_000)]
    public void Choose_Noise_LeavesItRaw(int length)
    {
        Assert.Equal(BlobEncoding.Raw, Choose(SampleContent.Noise(length), 1));
        Assert.Equal(BlobEncoding.Raw, Choose(SampleContent.Noise(length), 8));
    }

    [Fact]
    public void Choose_NoiseOfDoubles_LeavesItRaw()
    {
        var random = new Random(1);
        var numbers = Enumerable.Range(0, 100_000).Select(_ => random.NextDouble() - random.NextDouble()).ToArray();

        Assert.Equal(BlobEncoding.Raw, Choose(MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray(), 8));
    }

    [Fact]
    public void Choose_Text_Compresses() => Assert.Equal(new(CodecId.Lz4, 1), Choose(SampleContent.Json(60_000), 1));

    [Fact]
    public void Choose_Numbers_GroupsBytesOnlyWhenTold()
    {
        Assert.Equal(new(CodecId.Lz4, 8), Choose(SampleContent.Counting(1_000_000), 8));
        Assert.Equal(new(CodecId.Lz4, 1), Choose(SampleContent.Counting(1_000_000), 1));
        Assert.Equal(new(CodecId.Lz4, 1), Choose(SampleContent.Counting(1_000_000), 16));
    }

    [Fact]
    public void Choose_ZerosAmongNumbers_DoesNotGroup() =>
        Assert.Equal(new(CodecId.Lz4, 1), Choose(new byte[1_000_000], 8));

    [Fact]
    public void Choose_WithinOneDiskBlock_LeavesItRaw() => Assert.Equal(BlobEncoding.Raw, Choose(new byte[4096], 1));

    [Fact]
    public void Choose_CompressibleInOnePlaceOnly_JudgesTheWhole()
    {
        var content = SampleContent.Noise(2_000_000);
        content.AsSpan(0, 8192).Clear();

        Assert.Equal(BlobEncoding.Raw, Choose(content, 1));
    }
}
