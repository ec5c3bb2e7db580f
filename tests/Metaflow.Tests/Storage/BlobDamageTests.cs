using System.Buffers;
using Metaflow.Storage;
using Metaflow.Storage.Codecs;

namespace Metaflow.Tests.Storage;

public sealed class BlobDamageTests
{
    private const string Root = "/store";

    private readonly SimulatedDisk _disk = new();

    /// <summary>Blobs of every layout: raw, compressed, grouped; with and without chunk hashes.</summary>
    public static TheoryData<string> Layouts => ["raw", "raw chunks", "lz4", "lz4 chunks", "grouped chunks"];

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Open_AnyBitFlipped_IsNoticed(string layout)
    {
        var (content, path, file) = Store(layout);
        var random = new Random(1);
        var isLarge = layout.EndsWith("chunks", StringComparison.Ordinal);
        var header = Enumerable.Range(0, 8 * BlobHeader.Length).Where(bit => !isLarge || bit % 4 == 0);
        var table = Enumerable.Range(8 * (file.Length - ContentHash.Length), 8 * ContentHash.Length).Where(bit => isLarge && bit % 4 == 0);
        var anywhere = Enumerable.Range(0, isLarge ? 120 : 300).Select(_ => random.Next(8 * file.Length));
        List<int> bits = [.. header, .. table, .. anywhere];
        var unnoticed = 0;
        foreach (var bit in bits)
        {
            var damaged = file.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            _disk.Place(path, damaged);

            unnoticed += IsNoticed(content, path) ? 0 : 1;
        }

        // LZ4 can say the same in two ways, so a flipped bit may leave the content as it was; raw content has no slack.
        Assert.InRange(unnoticed, 0, layout.StartsWith("raw", StringComparison.Ordinal) ? 0 : bits.Count / 20);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Open_FileCutOrGrown_IsNoticed(string layout)
    {
        var (content, path, file) = Store(layout);
        var step = Math.Max(1, file.Length / (file.Length > 100_000 ? 60 : 500));
        for (var length = 0; length < file.Length; length += step)
        {
            _disk.Place(path, file[..length]);
            Assert.True(IsNoticed(content, path), $"cut to {length}");
        }

        _disk.Place(path, [.. file, 0]);
        Assert.True(IsNoticed(content, path), "grown");
    }

    [Fact]
    public void Open_OtherContentUnderTheName_IsNoticed()
    {
        var (_, _, other) = Store("lz4");
        var (content, path, _) = Store("raw");
        _disk.Place(path, other);

        Assert.True(IsNoticed(content, path));
    }

    [Fact]
    public void Open_NewerFormatVersion_StopsWithASentence()
    {
        var (content, path, file) = Store("raw");
        file[8] = 2;
        BlobFile.Seal(file);
        _disk.Place(path, file);

        Assert.Contains("format version 2", Refusal(content), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9, 1)]
    [InlineData(0, 8)]
    [InlineData(1, 3)]
    public void Open_UnknownEncoding_StopsWithASentence(byte codec, byte width)
    {
        var (content, path, file) = Store("raw");
        file[10] = codec;
        file[11] = width;
        BlobFile.Seal(file);
        _disk.Place(path, file);

        Assert.Contains($"codec {codec}, width {width}", Refusal(content), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, long.MaxValue, 100)]
    [InlineData(0, -1, 100)]
    [InlineData(0, 100, long.MaxValue)]
    [InlineData(1, 1L << 40, 100)]
    [InlineData(1, 900_000, 1000)]
    [InlineData(1, 0, 100)]
    public void Open_LengthMadeUp_TakesNoMemory(byte codec, long rawLength, long payloadLength)
    {
        var hash = ContentHash.Of([1]);
        var file = new byte[BlobHeader.Length + 1000];
        new BlobHeader(new((CodecId)codec, 1), rawLength, payloadLength, hash).Write(file);
        using var bytes = new BytesInMemory(file);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<CorruptDataException>(() => StoredBlob.Open(bytes, hash).Memory);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Put_DamagedHeader_IsMended()
    {
        var (content, path, file) = Store("raw");
        _disk.Place(path, [.. file[..10], 99, .. file[11..]]);
        using var store = LocalStore.Open(Root, _disk);
        Assert.False(store.Blobs.Contains(ContentHash.Of(content)));

        store.Blobs.Put(new ReadOnlySequence<byte>(content));

        Assert.False(IsNoticed(content, path));
    }

    private (byte[] Content, string Path, byte[] File) Store(string layout)
    {
        var content = layout switch
        {
            "raw" => SampleContent.Noise(700),
            "raw chunks" => SampleContent.Noise((1 << 20) + 300),
            "lz4" => SampleContent.Json(9000),
            "lz4 chunks" => SampleContent.Mixture((1 << 20) + 5, 4),
            _ => SampleContent.Counting((1 << 20) + 21),
        };
        using var store = LocalStore.Open(Root, _disk);
        var hash = store.Blobs.Put(new ReadOnlySequence<byte>(content), layout.StartsWith("grouped", StringComparison.Ordinal) ? 8 : 1);
        var path = $"{Root}/{StoreLayout.BlobKey(hash)}";
        var file = _disk.ReadFile(path);
        Assert.Equal(layout.StartsWith("raw", StringComparison.Ordinal) ? CodecId.Raw : CodecId.Lz4, (CodecId)file[10]);
        return (content, path, file);
    }

    /// <summary>Reads in every way. What comes out is the content or a fault, never anything else.</summary>
    private bool IsNoticed(byte[] content, string path)
    {
        using var store = LocalStore.OpenReadOnly(Root, _disk);
        var hash = ContentHash.Of(content);
        var whole = Noticed(() =>
        {
            using var blob = store.Blobs.Open(hash);
            Assert.True(blob.Memory.Span.SequenceEqual(content), path);
        });
        var streamed = Noticed(() =>
        {
            using var blob = store.Blobs.Open(hash);
            using var stream = blob.OpenRead();
            var buffer = new byte[100_000];
            for (int at = 0, read; (read = stream.Read(buffer)) > 0; at += read)
            {
                Assert.True(content.AsSpan(at, read).SequenceEqual(buffer.AsSpan(0, read)), path);
            }
        });
        var copied = Noticed(() =>
        {
            using var blob = store.Blobs.Open(hash);
            var copy = new byte[content.Length];
            blob.Peek(copy.AsSpan(0, 100));
            blob.CopyTo(copy.AsSpan(0, 100), copy.AsSpan(100));
            Assert.True(content.AsSpan().SequenceEqual(copy), path);
        });
        Assert.Equal(whole, streamed);
        Assert.Equal(whole, copied);
        return whole;
    }

    private static bool Noticed(Action read)
    {
        try
        {
            read();
            return false;
        }
        catch (CorruptDataException fault)
        {
            Assert.Contains(fault.File, fault.Message, StringComparison.Ordinal);
            return true;
        }
    }

    private string Refusal(byte[] content)
    {
        using var store = LocalStore.OpenReadOnly(Root, _disk);
        return Assert.Throws<MetaflowException>(() => store.Blobs.Open(ContentHash.Of(content))).Message;
    }
}
