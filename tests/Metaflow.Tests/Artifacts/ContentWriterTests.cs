using System.Buffers;
using Metaflow.Artifacts;

namespace Metaflow.Tests.Artifacts;

public sealed class ContentWriterTests
{
    private static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31 / 7))];

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 100)]
    [InlineData(1024 * 1024, 1000)]
    [InlineData((1024 * 1024) + 1, 1)]
    [InlineData(5 * 1024 * 1024, 777)]
    [InlineData(5 * 1024 * 1024, 3 * 1024 * 1024)]
    public void ToSequence_AnyLengthAndStep_IsWhatWasWritten(int length, int step)
    {
        var expected = Pattern(length);
        using var writer = new ContentWriter();

        for (var i = 0; i < length; i += step)
        {
            var part = expected.AsSpan(i, Math.Min(step, length - i));
            part.CopyTo(writer.GetSpan(part.Length));
            writer.Advance(part.Length);
        }

        Assert.True(expected.AsSpan().SequenceEqual(writer.ToSequence().ToArray()));
    }

    [Fact]
    public void ToSequence_SmallContent_IsOneArrayOfItsLength()
    {
        using var writer = new ContentWriter();
        writer.Write(Pattern(10_000));

        Assert.True(writer.ToSequence() is { IsSingleSegment: true, Length: 10_000 });
    }

    [Fact]
    public void ToSequence_LargeContent_IsNotTouchedByLaterWriters()
    {
        var expected = Pattern(3 * 1024 * 1024);
        ReadOnlySequence<byte> content;
        using (var writer = new ContentWriter())
        {
            foreach (var chunk in expected.Chunk(5000))
            {
                writer.Write(chunk);
            }

            content = writer.ToSequence();
        }

        using (var other = new ContentWriter())
        {
            other.Write(new byte[900_000]);
            other.Write(new byte[900_000]);
        }

        Assert.True(expected.AsSpan().SequenceEqual(content.ToArray()));
    }

    [Fact]
    public void Advance_BeyondTheBuffer_IsRefused()
    {
        using var writer = new ContentWriter();
        var length = writer.GetSpan().Length;

        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(length + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(-1));
    }

    [Fact]
    public void Encode_LargeObject_IsReadBackFromItsPieces()
    {
        var value = Enumerable.Range(0, 100_000).Select(i => $"text number {i} with an ü and an \\ and a 🚀").ToList();

        var content = ArtifactCodec.Encode("x", value);

        Assert.False(content.Bytes.IsSingleSegment);
        Assert.Equal(value, ArtifactCodec.Decode<List<string>>("x", content.Encoding, content.Bytes));
    }
}
