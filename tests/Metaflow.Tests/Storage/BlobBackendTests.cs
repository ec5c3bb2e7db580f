using System.Text;
using Metaflow.Storage;
using Metaflow.Storage.Files;

namespace Metaflow.Tests.Storage;

/// <summary>What every place for blobs must do; each place has a class derived from this one.</summary>
public abstract class BlobBackendTests
{
    private const string Key = "blobs/ab/cdef";

    private protected abstract IBlobBackend Backend { get; }

    [Fact]
    public void Publish_HeadAndParts_GiveOneObject()
    {
        using (var upload = Backend.BeginUpload(headLength: 4))
        {
            upload.Append("first "u8);
            upload.Append("second"u8);
            Assert.Null(Backend.TryOpen(Key));
            upload.Publish(Key, "head"u8);
        }

        Assert.Equal("headfirst second", ReadAll(Key));
    }

    [Fact]
    public void Publish_KeyThatExists_LeavesASoundObject()
    {
        Put(Key, "content");
        using var reader = Backend.TryOpen(Key)!;

        Put(Key, "content");

        Assert.Equal("content", ReadAll(Key));
        Assert.Equal("content", ReadAll(reader));
    }

    [Fact]
    public void Upload_NotPublished_LeavesNothing()
    {
        using (var upload = Backend.BeginUpload(headLength: 0))
        {
            upload.Append("lost"u8);
        }

        Assert.Null(Backend.TryOpen(Key));
        Assert.Empty(Backend.List("blobs/"));
        Assert.Empty(Backend.List("tmp/"));
    }

    [Fact]
    public void Read_Ranges_GiveTheirBytes()
    {
        Put(Key, "0123456789");
        using var bytes = Backend.TryOpen(Key)!;
        var buffer = new byte[4];

        Assert.Equal(10, bytes.Length);
        Assert.Equal(4, bytes.Read(buffer, 3));
        Assert.Equal("3456", Encoding.ASCII.GetString(buffer));
        Assert.Equal(2, bytes.Read(buffer, 8));
        Assert.Equal(0, bytes.Read(buffer, 10));
    }

    [Fact]
    public void List_Prefix_GivesTheKeysBelowIt()
    {
        Put("blobs/ab/1", "x");
        Put("blobs/ab/2", "x");
        Put("blobs/cd/3", "x");

        Assert.Equal(["blobs/ab/1", "blobs/ab/2", "blobs/cd/3"], Backend.List("blobs/"));
        Assert.Equal(["blobs/cd/3"], Backend.List("blobs/cd/"));
        Assert.Empty(Backend.List("blobs/ef/"));
        Assert.Empty(Backend.List("none/"));
    }

    [Fact]
    public void Delete_Object_RemovesIt()
    {
        Put(Key, "x");

        Assert.True(Backend.Delete(Key));
        Assert.False(Backend.Delete(Key));
        Assert.Null(Backend.TryOpen(Key));
    }

    [Fact]
    public async Task TryClaim_ManyAtOnce_OneWins()
    {
        using var start = new Barrier(8);
        for (var round = 0; round < 10; round++)
        {
            var key = $"runs/Flow/{round}/claim";
            var won = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return Backend.TryClaim(key, Encoding.ASCII.GetBytes($"{number}"));
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));

            var winner = Assert.Single(won.Index(), entry => entry.Item);
            Assert.Equal($"{winner.Index}", ReadAll(key));
        }

        Assert.Empty(Backend.List("tmp/"));
    }

    private void Put(string key, string content)
    {
        using var upload = Backend.BeginUpload(headLength: 1);
        upload.Append(Encoding.ASCII.GetBytes(content[1..]));
        upload.Publish(key, Encoding.ASCII.GetBytes(content[..1]));
    }

    private string ReadAll(string key)
    {
        using var bytes = Backend.TryOpen(key)!;
        return ReadAll(bytes);
    }

    private static string ReadAll(IReadableBytes bytes)
    {
        var buffer = new byte[bytes.Length];
        Assert.Equal(buffer.Length, bytes.Read(buffer, 0));
        return Encoding.ASCII.GetString(buffer);
    }
}

/// <inheritdoc/>
public sealed class LocalBackendTests : BlobBackendTests, IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly LocalBackend _backend;

    public LocalBackendTests()
    {
        _backend = new(LocalFileSystem.Instance, _folder["store"]);
        _backend.Prepare();
    }

    private protected override IBlobBackend Backend => _backend;

    public void Dispose() => _folder.Dispose();
}

/// <summary>The disk that the durability tests use has to behave as a real one.</summary>
public sealed class SimulatedBackendTests : BlobBackendTests
{
    private readonly LocalBackend _backend = new(new SimulatedDisk(), "/store");

    public SimulatedBackendTests() => _backend.Prepare();

    private protected override IBlobBackend Backend => _backend;
}
