using Metaflow.Storage.Codecs;

namespace Metaflow.Tests.Storage.Codecs;

public sealed class ByteShuffleTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Shuffle_EveryLength_GroupsByPlaceAndComesBack(int width)
    {
        for (var length = 0; length < 700; length++)
        {
            var content = SampleContent.Noise(length);
            var shuffled = new byte[length];
            var back = new byte[length];

            ByteShuffle.Shuffle(content, shuffled, width);
            ByteShuffle.Unshuffle(shuffled, back, width);

            Assert.Equal(Expected(content, width), shuffled);
            Assert.Equal(content, back);
        }
    }

    private static byte[] Expected(byte[] content, int width)
    {
        var count = content.Length / width;
        var grouped = from place in Enumerable.Range(0, width) from number in Enumerable.Range(0, count) select content[(number * width) + place];
        return [.. grouped, .. content[(count * width)..]];
    }
}
