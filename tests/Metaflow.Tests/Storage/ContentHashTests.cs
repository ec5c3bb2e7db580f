using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Metaflow.Storage;

namespace Metaflow.Tests.Storage;

public sealed class ContentHashTests
{
    private const int Chunk = 1 << 20;

    [Fact]
    public void Of_SmallContent_IsSha256() =>
        Assert.Equal(
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ContentHash.Of("abc"u8).ToString());

    [Fact]
    public void Of_LargeContent_IsTheRootOfItsChunks()
    {
        var content = new byte[(2 * Chunk) + 3];
        new Random(1).NextBytes(content);
        byte[] root =
        [
            .. "metaflow content root 1\n"u8,
            .. SHA256.HashData(content.AsSpan(0, Chunk)),
            .. SHA256.HashData(content.AsSpan(Chunk, Chunk)),
            .. SHA256.HashData(content.AsSpan(2 * Chunk)),
        ];

        var expected = SHA256.HashData(root).Select(part => (byte)~part).ToArray();

        Assert.Equal(Convert.ToHexStringLower(expected), ContentHash.Of(content).ToString());
        Assert.NotEqual(ContentHash.Of(root), ContentHash.Of(content));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    [InlineData((3 * Chunk) + 12345)]
    public void Of_ContentInPieces_IsTheSame(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        var pieces = content.Chunk(70_001).Select(piece => (ReadOnlyMemory<byte>)piece).Append(Array.Empty<byte>()).ToArray();

        Assert.Equal(ContentHash.Of(content), ContentHash.Of(SequencePiece.Join(pieces)));
    }

    [Fact]
    public void TryParse_OwnText_GivesTheSame()
    {
        var hash = ContentHash.Of(Encoding.UTF8.GetBytes("x"));

        Assert.True(ContentHash.TryParse(hash.ToString(), out var parsed));
        Assert.Equal(hash, parsed);
        Assert.False(ContentHash.TryParse(hash.ToString().AsSpan(1), out _));
        Assert.False(ContentHash.TryParse(new string('g', 64), out _));
    }
}
