using Metaflow.Storage.Codecs;

namespace Metaflow.Tests.Storage.Codecs;

public sealed class Lz4BlockTests
{
    private const int Margin = 64;

    [Fact]
    public void Compress_AnyContent_DecompressesToIt()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var content = SampleContent.Mixture(new Random(seed).Next(seed < 300 ? 2000 : 300_000), seed);
            var block = new byte[content.Length + (content.Length / 200) + 20];

            var length = Lz4Block.Compress(content, block);

            var back = new byte[content.Length];
            Assert.True(Lz4Block.TryDecompress(block.AsSpan(0, length), back), $"seed {seed}");
            Assert.True(content.AsSpan().SequenceEqual(back), $"seed {seed}");
        }
    }

    [Fact]
    public void Compress_TooLittleRoom_GivesUpWithinBounds()
    {
        var content = SampleContent.Mixture(3000, 1);
        var full = Lz4Block.Compress(content, new byte[5000]);
        for (var room = 0; room < full; room++)
        {
            var block = new byte[room + Margin];
            block.AsSpan(room).Fill(0xA5);

            var length = Lz4Block.Compress(content, block.AsSpan(0, room));

            Assert.Equal(0, length);
            Assert.False(block.AsSpan(room).ContainsAnyExcept((byte)0xA5), $"wrote past {room}");
        }
    }

    [Fact]
    public void Compress_RepetitiveContent_Shrinks()
    {
        var json = SampleContent.Json(100_000);

        Assert.InRange(Lz4Block.Compress(json, new byte[json.Length]), 1, json.Length / 2);
        Assert.InRange(Lz4Block.Compress(new byte[100_000], new byte[1000]), 1, 500);
        Assert.Equal(0, Lz4Block.Compress(SampleContent.Noise(100_000), new byte[99_999]));
    }

    [Fact]
    public void TryDecompress_OtherLength_IsRefused()
    {
        var content = SampleContent.Mixture(1000, 3);
        var block = new byte[2000];
        block = block[..Lz4Block.Compress(content, block)];

        Assert.False(Lz4Block.TryDecompress(block, new byte[999]));
        Assert.False(Lz4Block.TryDecompress(block, new byte[1001]));
        Assert.False(Lz4Block.TryDecompress([], []));
        Assert.False(Lz4Block.TryDecompress(block.AsSpan(0, block.Length - 1), new byte[1000]));
    }

    /// <summary>Blocks made of random bytes and of sound blocks with changed bytes, between guards on both sides.</summary>
    [Fact]
    public void TryDecompress_DamagedBlock_StaysWithinBounds()
    {
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var content = SampleContent.Mixture(random.Next(400), round);
            var block = new byte[600];
            block = block[..Lz4Block.Compress(content, block)];
            if (round % 4 == 0)
            {
                random.NextBytes(block);
            }

            for (var change = random.Next(4); change >= 0; change--)
            {
                block[random.Next(block.Length)] = (byte)(random.Next(3) == 0 ? 0xFF : random.Next(256));
            }

            var output = new byte[content.Length + (2 * Margin)];
            output.AsSpan().Fill(0xA5);
            _ = Lz4Block.TryDecompress(block, output.AsSpan(Margin, content.Length));

            Assert.False(output.AsSpan(0, Margin).ContainsAnyExcept((byte)0xA5), $"round {round}");
            Assert.False(output.AsSpan(Margin + content.Length).ContainsAnyExcept((byte)0xA5), $"round {round}");
        }
    }

    [Theory]
    [InlineData("", 0x02CC5D05u)]
    [InlineData("a", 0x550D7456u)]
    [InlineData("abc", 0x32D153FFu)]
    public void XxHash32_KnownInput_GivesPublishedValue(string text, uint expected) =>
        Assert.Equal(expected, XxHash32.OfShort(System.Text.Encoding.ASCII.GetBytes(text)));
}
