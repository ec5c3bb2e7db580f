using System.Buffers;
using Metaflow.Storage;

namespace Metaflow.Tests.Storage;

public sealed class BlobDiscardTests
{
    private const string Root = "/store";

    private static readonly byte[] Content = SampleContent.Noise(3000);

    private readonly SimulatedDisk _disk = new();

    [Fact]
    public void DiscardBlob_OldContent_IsDeleted()
    {
        using var store = LocalStore.Open(Root, _disk);
        var (hash, later) = PutAndWait(store);

        Assert.True(store.DiscardBlob(hash, later));

        Assert.False(store.Blobs.Contains(hash));
        Assert.Empty(_disk.Names(Root + "/tmp"));
        Assert.False(store.DiscardBlob(hash, later));
    }

    [Fact]
    public void DiscardBlob_ContentPutAgain_Stays()
    {
        using var store = LocalStore.Open(Root, _disk);
        var (hash, later) = PutAndWait(store);
        _disk.Now = later;
        store.Blobs.Put(new ReadOnlySequence<byte>(Content));

        Assert.False(store.DiscardBlob(hash, later));

        Assert.True(store.Blobs.Contains(hash));
    }

    /// <summary>At each call of the deletion another process puts the same content.</summary>
    [Fact]
    public void DiscardBlob_ContentPutMeanwhile_IsThereAfterwards()
    {
        for (var at = 0; at < 6; at++)
        {
            var files = new InterruptedDisk(new SimulatedDisk(), at);
            using var store = LocalStore.Open(Root, files);
            var (hash, later) = PutAndWait(store, files.Disk);
            files.Interruption = () =>
            {
                files.Disk.Now = later;
                using var other = LocalStore.Open(Root, files.Disk);
                other.Blobs.Put(new ReadOnlySequence<byte>(Content));
            };

            store.DiscardBlob(hash, later);

            Assert.Equal(files.WasInterrupted, store.Blobs.Contains(hash));
            if (files.WasInterrupted)
            {
                using var blob = store.Blobs.Open(hash);
                Assert.Equal(Content, blob.Memory.ToArray());
            }
        }
    }

    [Fact]
    public void Open_ProcessDiedWhileItDeleted_PutsTheContentBack()
    {
        ContentHash hash;
        using (var store = LocalStore.Open(Root, _disk))
        {
            (hash, _) = PutAndWait(store);
        }

        _disk.Replace($"{Root}/{StoreLayout.BlobKey(hash)}", $"{Root}/tmp/{hash}.going");

        using var next = LocalStore.Open(Root, _disk);

        Assert.True(next.Blobs.Contains(hash));
        Assert.Empty(_disk.Names(Root + "/tmp"));
    }

    private (ContentHash Hash, DateTimeOffset Later) PutAndWait(LocalStore store, SimulatedDisk? disk = null)
    {
        var hash = store.Blobs.Put(new ReadOnlySequence<byte>(Content));
        return (hash, (disk ?? _disk).Now.AddHours(2));
    }
}
