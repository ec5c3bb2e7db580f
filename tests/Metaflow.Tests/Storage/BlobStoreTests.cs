using System.Buffers;
using Metaflow.Storage;

namespace Metaflow.Tests.Storage;

public sealed class BlobStoreTests : IDisposable
{
    private const int Mega = 1 << 20;

    private readonly TestFolder _folder = new();
    private readonly LocalStore _store;

    public BlobStoreTests() => _store = LocalStore.Open(_folder[".metaflow"]);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(300_000)]
    [InlineData(Mega)]
    [InlineData(Mega + 1)]
    [InlineData((5 * Mega) + 17)]
    public void Put_ThenOpen_GivesTheContent(int length)
    {
        var content = SampleContent.Noise(length);

        var hash = _store.Blobs.Put(Bytes(content));

        AssertStored(hash, content);
        Assert.Equal([hash], _store.Blobs.List());
        Assert.True(_store.Blobs.Contains(hash));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    [InlineData(Mega)]
    [InlineData((3 * Mega) + 5)]
    public void Put_Stream_HasTheSameIdentity(int length)
    {
        var content = SampleContent.Noise(length);

        var (hash, size) = _store.Blobs.Put(new MemoryStream(content));

        Assert.Equal(length, size);
        AssertStored(hash, content);
    }

    [Fact]
    public void Put_SameContentTwice_WritesOnceAndMarksItAsUsed()
    {
        var hash = _store.Blobs.Put(Bytes([1, 2, 3]));
        var path = Assert.Single(Files());
        File.SetLastWriteTimeUtc(path, new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        using var same = File.OpenRead(path);

        Assert.Equal(hash, _store.Blobs.Put(Bytes([1, 2, 3])));

        // Still the same file, not a new one of that name; and touched, so that a garbage collection leaves it alone.
        Assert.Equal(File.GetLastWriteTimeUtc(path), File.GetLastWriteTimeUtc(same.SafeFileHandle));
        Assert.True(File.GetLastWriteTimeUtc(path).Year > 2020);
        Assert.Empty(Directory.GetFiles(_folder[".metaflow/tmp"]));
    }

    [Fact]
    public async Task Put_SixtyFourWritersOfOneBlob_KeepOneSoundFile()
    {
        var content = SampleContent.Json(3 * Mega);
        using var start = new Barrier(64);

        var hashes = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using var store = LocalStore.Open(_folder[".metaflow"]);
                start.SignalAndWait();
                return store.Blobs.Put(Bytes(content));
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.Single(hashes.Distinct());
        Assert.Single(Files());
        Assert.Empty(Directory.GetFiles(_folder[".metaflow/tmp"]));
        AssertStored(hashes[0], content);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Put_EveryKindOfContent_ComesBack(int width)
    {
        foreach (var length in new[] { 5000, Mega - 1, Mega, Mega + 1, (2 * Mega) + 13, (20 * Mega) + 3 })
        {
            AssertStored(_store.Blobs.Put(Bytes(SampleContent.Counting(length)), width), SampleContent.Counting(length));
            AssertStored(_store.Blobs.Put(Bytes(SampleContent.Mixture(length, width)), width), SampleContent.Mixture(length, width));
        }
    }

    [Fact]
    public void Put_ContentInPieces_IsStoredAsInOne()
    {
        var content = SampleContent.Counting((3 * Mega) + 5);
        var pieces = content.Chunk(100_003).Select(piece => (ReadOnlyMemory<byte>)piece).ToArray();

        var hash = _store.Blobs.Put(SequencePiece.Join(pieces), 8);

        AssertStored(hash, content);
    }

    [Fact]
    public void Put_CompressibleStream_IsCompressed()
    {
        var content = SampleContent.Json((40 * Mega) + 11);

        var (hash, size) = _store.Blobs.Put(new MemoryStream(content));

        Assert.Equal(content.Length, size);
        Assert.InRange(new FileInfo(Assert.Single(Files())).Length, 1, content.Length / 2);
        AssertStored(hash, content);
    }

    /// <summary>The probe sees compressible samples, the rest is noise: what came out larger is thrown away.</summary>
    [Fact]
    public void Put_ContentThatFoolsTheProbe_IsStoredRaw()
    {
        var content = SampleContent.Noise(4 * Mega);
        for (var sample = 0; sample < 8; sample++)
        {
            content.AsSpan(sample * content.Length / 8, 8 << 10).Clear();
        }

        var hash = _store.Blobs.Put(Bytes(content));

        Assert.Equal(64 + content.Length + (4 * 32), new FileInfo(Assert.Single(Files())).Length);
        Assert.Empty(Directory.GetFiles(_folder[".metaflow/tmp"]));
        AssertStored(hash, content);
    }

    [Fact]
    public void OpenRead_Seeking_GivesTheBytesThere()
    {
        var content = SampleContent.Mixture(3 * Mega, 5);
        using var blob = _store.Blobs.Open(_store.Blobs.Put(Bytes(content)));
        using var stream = blob.OpenRead();
        var buffer = new byte[1000];
        foreach (var place in new[] { (2 * Mega) - 500, 17, Mega, (3 * Mega) - 1000 })
        {
            stream.Position = place;
            stream.ReadExactly(buffer);

            Assert.Equal(content.AsSpan(place, 1000).ToArray(), buffer);
        }

        Assert.Equal(0, stream.Read(buffer));
        Assert.Equal(content.Length, stream.Length);
    }

    [Fact]
    public void Open_UnknownContent_SaysSo()
    {
        var fault = Assert.Throws<MetaflowException>(() => _store.Blobs.Open(ContentHash.Of([9])));

        Assert.Contains("is not in the store", fault.Message, StringComparison.Ordinal);
        Assert.False(_store.Blobs.Contains(ContentHash.Of([9])));
    }

    [Fact]
    public void Memory_AfterDispose_IsRefused()
    {
        var blob = _store.Blobs.Open(_store.Blobs.Put(Bytes(SampleContent.Noise(2 * Mega))));
        var memory = blob.Memory;
        blob.Dispose();

        Assert.Throws<ObjectDisposedException>(() => blob.Memory);
        Assert.Throws<ObjectDisposedException>(() => memory.Span.Length);
    }

    private string[] Files() => Directory.GetFiles(_folder[".metaflow/blobs"], "*", SearchOption.AllDirectories);

    /// <summary>Reads in both ways.</summary>
    private void AssertStored(in ContentHash hash, byte[] content)
    {
        Assert.Equal(ContentHash.Of(content), hash);
        using var blob = _store.Blobs.Open(hash);
        Assert.Equal(content.Length, blob.Length);
        Assert.True(blob.Memory.Span.SequenceEqual(content), $"{content.Length} bytes");
        using var stream = _store.Blobs.OpenRead(hash);
        Assert.True(ReadAll(stream).AsSpan().SequenceEqual(content), $"{content.Length} bytes");
    }

    private static ReadOnlySequence<byte> Bytes(byte[] content) => new(content);

    private static byte[] ReadAll(Stream stream)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
