using Metaflow.Storage.Files;

namespace Metaflow.Tests.Storage;

public sealed class NewPagesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    [InlineData(9_000_001)]
    public unsafe void Ask_MemoryThatHoldsSomething_StaysAsItIs(int length)
    {
        var expected = SampleContent.Noise(length);
        var memory = expected.ToArray();
        fixed (byte* start = memory)
        {
            NewPages.AskForLarge(start, length);
            using (NewPages.Populate(start, length))
            {
                Assert.Equal(expected, memory);
            }

            NewPages.Populate(start, length)?.Execute();
        }

        Assert.Equal(expected, memory);
    }

    [Fact]
    public unsafe void Populate_DisposedBeforeItBegins_DoesNothing()
    {
        var memory = new byte[1 << 20];
        fixed (byte* start = memory)
        {
            var pages = NewPages.Populate(start, memory.Length);
            pages?.Dispose();
            pages?.Execute();
            pages?.Dispose();
        }

        Assert.Equal(-1, memory.AsSpan().IndexOfAnyExcept((byte)0));
    }
}
