using Metaflow.Storage.Files;

namespace Metaflow.Tests.Storage;

/// <summary>The real disk and the simulated one, held to the same.</summary>
public sealed class FileSystemTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TryOpen_WhatTheDiskHides_IsAFaultAndNotAbsent()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no symbolic links without rights");
        var files = LocalFileSystem.Instance;
        var hidden = Path.Join(_folder.Path, "loop", "file");
        File.CreateSymbolicLink(Path.Join(_folder.Path, "loop"), "loop");

        Assert.Throws<IOException>(() => files.TryOpen(hidden));
        Assert.Throws<IOException>(() => files.LastWritten(hidden));
        Assert.Throws<IOException>(() => files.Delete(hidden));
        Assert.Throws<IOException>(() => files.IsLocked(hidden));
        Assert.Null(files.TryOpen(Path.Join(_folder.Path, "absent", "file")));
        Assert.Null(files.TryOpen(Path.Join(_folder.Path, "absent")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TryCreate_NameTaken_GivesNothing(bool real)
    {
        var (files, root) = Disk(real);
        Write(files, root + "/a", 1);

        Assert.Null(files.TryCreate(root + "/a"));
        Assert.Equal([1], Read(files, root + "/a"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TryPublish_NameTaken_LeavesBothAlone(bool real)
    {
        var (files, root) = Disk(real);
        Write(files, root + "/a", 1);
        Write(files, root + "/b", 2);

        Assert.False(files.TryPublish(root + "/b", root + "/a"));
        Assert.True(files.TryPublish(root + "/b", root + "/c"));

        Assert.Equal([1], Read(files, root + "/a"));
        Assert.Equal([2], Read(files, root + "/c"));
        Assert.Equal(["a", "c"], files.Names(root).Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Replace_NameTaken_PutsTheNewContentThere(bool real)
    {
        var (files, root) = Disk(real);
        Write(files, root + "/a", 1);
        Write(files, root + "/b", 2);

        files.Replace(root + "/b", root + "/a");

        Assert.Equal([2], Read(files, root + "/a"));
        Assert.Equal(["a"], files.Names(root));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Share_File_HasTwoNamesAndOutlivesTheFirst(bool real)
    {
        var (files, root) = Disk(real);
        Write(files, root + "/a", 1);

        files.Share(root + "/a", root + "/b");
        files.Delete(root + "/a");

        Assert.Equal([1], Read(files, root + "/b"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Cut_File_IsAsLongAsSaidAndGrowsWithZeros(bool real)
    {
        var (files, root) = Disk(real);
        Write(files, root + "/a", 1, 2, 3, 4);
        using var file = files.TryOpenForUpdate(root + "/a")!;

        file.Cut(2);
        Assert.Equal([1, 2], Read(files, root + "/a"));
        file.Write([5], 3);
        file.Sync();

        Assert.Equal([1, 2, 0, 5], Read(files, root + "/a"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Missing_FileOrDirectory_IsSaidSo(bool real)
    {
        var (files, root) = Disk(real);

        Assert.Null(files.TryOpen(root + "/none"));
        Assert.Null(files.TryOpen(root + "/none/none"));
        Assert.Empty(files.Names(root + "/none"));
        Assert.False(files.Delete(root + "/none"));
        Assert.False(files.DirectoryExists(root + "/none"));
        Assert.ThrowsAny<IOException>(() => files.SyncDirectory(root + "/none"));
        Assert.ThrowsAny<IOException>(() => files.Replace(root + "/none", root + "/a"));
        Assert.ThrowsAny<IOException>(() => files.TryPublish(root + "/none", root + "/a"));
        Assert.ThrowsAny<IOException>(() => files.TryCreate(root + "/none/a"));
    }

    [Fact]
    public void TryMap_File_GivesItsBytesUntilDisposed()
    {
        var (files, root) = Disk(real: true);
        Write(files, root + "/a", 1, 2, 3);
        using var file = files.TryOpen(root + "/a")!;
        var map = file.TryMap()!;

        var slice = map.Slice(1, 2);
        Assert.Equal([2, 3], slice.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Slice(1, 3));
        map.Dispose();

        Assert.Throws<ObjectDisposedException>(() => slice.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => map.Slice(0, 1));
    }

    private (IFileSystem Files, string Root) Disk(bool real)
    {
        if (real)
        {
            return (LocalFileSystem.Instance, _folder.Path);
        }

        var disk = new SimulatedDisk();
        disk.CreateDirectory("/root");
        return (disk, "/root");
    }

    private static void Write(IFileSystem files, string path, params byte[] content)
    {
        using var file = files.TryCreate(path)!;
        file.Write(content, 0);
        file.Sync();
    }

    private static byte[] Read(IFileSystem files, string path)
    {
        using var file = files.TryOpen(path)!;
        var bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, file.Read(bytes, 0));
        return bytes;
    }
}
