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
        var content = Noise(length);

        var hash = _store.Blobs.Put(Bytes(content));

        using var blob = _store.Blobs.Open(hash);
        Assert.Equal(length, blob.Length);
        Assert.Equal(ContentHash.Of(content), hash);
        Assert.True(blob.Memory.Span.SequenceEqual(content));
        Assert.Equal(content, ReadAll(blob.OpenRead()));
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
        var content = Noise(length);

        var (hash, size) = _store.Blobs.Put(new MemoryStream(content));

        Assert.Equal(length, size);
        Assert.Equal(ContentHash.Of(content), hash);
        using var blob = _store.Blobs.Open(hash);
        Assert.True(blob.Memory.Span.SequenceEqual(content));
    }

    [Fact]
    public void Put_SameContentTwice_WritesOnce()
    {
        var hash = _store.Blobs.Put(Bytes([1, 2, 3]));
        var path = Assert.Single(Directory.GetFiles(_folder[".metaflow/blobs"], "*", SearchOption.AllDirectories));
        File.SetLastWriteTimeUtc(path, new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.Equal(hash, _store.Blobs.Put(Bytes([1, 2, 3])));

        Assert.Equal(2020, File.GetLastWriteTimeUtc(path).Year);
        Assert.Empty(Directory.GetFiles(_folder[".metaflow/tmp"]));
    }

    [Fact]
    public void Put_BlobWithDamagedHeader_IsMended()
    {
        var hash = _store.Blobs.Put(Bytes([1, 2, 3]));
        var path = Assert.Single(Directory.GetFiles(_folder[".metaflow/blobs"], "*", SearchOption.AllDirectories));
        File.WriteAllBytes(path, new byte[10]);

        _store.Blobs.Put(Bytes([1, 2, 3]));

        using var blob = _store.Blobs.Open(hash);
        Assert.Equal([1, 2, 3], blob.Memory.ToArray());
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
        var blob = _store.Blobs.Open(_store.Blobs.Put(Bytes(Noise(2 * Mega))));
        var memory = blob.Memory;
        blob.Dispose();

        Assert.Throws<ObjectDisposedException>(() => blob.Memory);
        Assert.Throws<ObjectDisposedException>(() => memory.Span.Length);
    }

    private static ReadOnlySequence<byte> Bytes(byte[] content) => new(content);

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
