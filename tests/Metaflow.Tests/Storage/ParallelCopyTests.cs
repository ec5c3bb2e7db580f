using System.Buffers;
using Metaflow.Storage;

namespace Metaflow.Tests.Storage;

public sealed class ParallelCopyTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(2 << 20)]
    [InlineData((5 << 20) + 17)]
    public void CopyTo_AnyLength_CopiesAllAndNothingElse(int length)
    {
        var source = SampleContent.Noise(length);
        var destination = new byte[length + 8];

        ParallelCopy.CopyTo(new ReadOnlySequence<byte>(source), destination);

        Assert.Equal(source, destination.AsSpan(0, length).ToArray());
        Assert.Equal(new byte[8], destination.AsSpan(length).ToArray());
    }

    [Fact]
    public void CopyTo_TooShort_Throws() => Assert.Throws<ArgumentException>(
        () => ParallelCopy.CopyTo(new ReadOnlySequence<byte>(new byte[3 << 20]), new byte[2 << 20]));
}
