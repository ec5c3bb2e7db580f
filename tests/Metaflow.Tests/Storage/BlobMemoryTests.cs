using System.Buffers;
using Metaflow.Storage;

namespace Metaflow.Tests.Storage;

public sealed class BlobMemoryTests : IDisposable
{
    private const int Chunk = ChunkTable.ChunkLength;

    private readonly TestFolder _folder = new();
    private readonly LocalStore _store;

    public BlobMemoryTests() => _store = LocalStore.Open(_folder["store"]);

    /// <summary>Raw, compressed and grouped; part of a chunk, one, and several.</summary>
    private static IEnumerable<(int Length, int Width)> Kinds =>
        from width in new[] { 0, 1, 8 } from length in new[] { 300_000, Chunk, (5 * Chunk) + 12_345 } select (length, width);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Deferred_Touched_IsTheContent()
    {
        foreach (var (length, width) in Kinds)
        {
            var content = Content(length, width);
            using var blob = _store.Blobs.Open(Put(content, width));

            var deferred = blob.Deferred;

            Assert.Same(blob, BlobMemory.BlobOf(deferred));
            Assert.Equal(length, deferred.Length);
            Assert.True(deferred.FirstSpan.SequenceEqual(content));
            Assert.True(deferred.Slice(17).FirstSpan.SequenceEqual(content.AsSpan(17)));
            using var pin = deferred.First[5..].Pin();
            unsafe
            {
                Assert.Equal(content[5], *(byte*)pin.Pointer);
            }
        }
    }

    [Fact]
    public void CopyTo_WithAndWithoutStart_IsTheContentEachTime()
    {
        foreach (var (length, width) in Kinds)
        {
            var content = Content(length, width);
            using var blob = _store.Blobs.Open(Put(content, width));
            foreach (var start in new[] { 128, 0, 128, 64 })
            {
                var copy = new byte[length + 8];
                blob.Peek(copy.AsSpan(0, start));
                Assert.True(copy.AsSpan(0, start).SequenceEqual(content.AsSpan(0, start)));

                blob.CopyTo(copy.AsSpan(0, start), copy.AsSpan(start, length - start));

                Assert.True(copy.AsSpan(0, length).SequenceEqual(content));
                Assert.Equal(new byte[8], copy[length..]);
            }
        }
    }

    [Fact]
    public void CopyTo_OtherStartThanTheContents_IsRefusedEachTime()
    {
        foreach (var (length, width) in Kinds)
        {
            var content = Content(length, width);
            using var blob = _store.Blobs.Open(Put(content, width));
            var start = content[..128];
            start[77] ^= 1;

            Assert.Throws<CorruptDataException>(() => blob.CopyTo(start, new byte[length - 128]));
            Assert.True(blob.Memory.Span.SequenceEqual(content));
            Assert.Throws<CorruptDataException>(() => blob.CopyTo(start, new byte[length - 128]));
        }
    }

    [Fact]
    public void CopyTo_AnotherLength_Throws()
    {
        using var blob = _store.Blobs.Open(Put(Content(2 * Chunk, 0), 0));

        Assert.Throws<ArgumentException>(() => blob.CopyTo([], new byte[Chunk]));
        Assert.Throws<ArgumentException>(() => blob.CopyTo(new byte[Chunk + 1], new byte[Chunk - 1]));
    }

    [Fact]
    public void CopyTo_DamageInAnyChunk_IsNamed()
    {
        foreach (var (width, part) in from width in new[] { 0, 1, 8 } from part in Enumerable.Range(0, 4) select (width, part))
        {
            var content = Content((3 * Chunk) + 500_000, width);
            var hash = Put(content, width);
            var path = Path.Join(_store.Root, StoreLayout.BlobKey(hash));
            var file = File.ReadAllBytes(path);
            var damaged = file.ToArray();
            damaged[BlobHeader.Length + ((2 * part) + 1) * (file.Length - 300) / 8] ^= 4;
            File.WriteAllBytes(path, damaged);
            using var blob = _store.Blobs.Open(hash);
            var deferred = blob.Deferred;

            var fault = Assert.Throws<CorruptDataException>(() => ParallelCopy.CopyTo(deferred, new byte[content.Length]));

            Assert.Contains(path, fault.Message, StringComparison.Ordinal);
            Assert.Throws<CorruptDataException>(() => deferred.FirstSpan.Length);
            File.Delete(path);
        }
    }

    [Fact]
    public void CopyTo_FileCutAfterItWasOpened_IsNoticed()
    {
        var content = Content(3 * Chunk, 0);
        var hash = Put(content, 0);
        using var blob = _store.Blobs.Open(hash);
        blob.Peek(new byte[100]);
        using (var file = new FileStream(
            Path.Join(_store.Root, StoreLayout.BlobKey(hash)), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(2 * Chunk);
        }

        Assert.Throws<CorruptDataException>(() => blob.CopyTo([], new byte[content.Length]));
    }

    [Fact]
    public void Deferred_BlobDisposed_CannotBeTouched()
    {
        var blob = _store.Blobs.Open(Put(Content(Chunk, 0), 0));
        var deferred = blob.Deferred;
        blob.Dispose();

        Assert.Throws<ObjectDisposedException>(() => deferred.FirstSpan.Length);
        Assert.Throws<ObjectDisposedException>(() => ParallelCopy.CopyTo(deferred, new byte[Chunk]));
        Assert.Throws<ObjectDisposedException>(() => blob.Peek(new byte[1]));
    }

    [Fact]
    public void BlobOf_PartOrOtherMemory_IsNothing()
    {
        using var blob = _store.Blobs.Open(Put(Content(Chunk, 0), 0));

        Assert.Null(BlobMemory.BlobOf(blob.Deferred.Slice(1)));
        Assert.Null(BlobMemory.BlobOf(blob.Deferred.Slice(0, 100)));
        Assert.Null(BlobMemory.BlobOf(new ReadOnlySequence<byte>(new byte[Chunk])));
        Assert.Null(BlobMemory.BlobOf(default));
    }

    [Fact]
    public void Deferred_SmallContent_IsVerifiedAtOnce()
    {
        var hash = Put(Content(5000, 0), 0);
        var path = Path.Join(_store.Root, StoreLayout.BlobKey(hash));
        var file = File.ReadAllBytes(path);
        file[^1] ^= 1;
        File.WriteAllBytes(path, file);
        using var blob = _store.Blobs.Open(hash);

        Assert.Throws<CorruptDataException>(() => blob.Deferred.Length);
    }

    private static byte[] Content(int length, int width) => width switch
    {
        0 => SampleContent.Noise(length),
        1 => SampleContent.Json(length),
        _ => SampleContent.Counting(length),
    };

    private ContentHash Put(byte[] content, int width) =>
        _store.Blobs.Put(new ReadOnlySequence<byte>(content), Math.Max(width, 1));
}
