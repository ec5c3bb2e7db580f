using System.Diagnostics;
using Metaflow.Storage;
using Metaflow.Storage.Files;

namespace Metaflow.Tests.Crashes;

/// <summary>
/// The disk of this machine, on which this process is killed as it comes to a durability point: a call and what it is made
/// on, such as <c>sync segment</c>. A write is half done by then.
/// </summary>
/// <param name="point">The point; <see langword="null"/> to only count.</param>
/// <param name="count">At which of the calls of that name.</param>
internal sealed class KillingFiles(string? point, int count) : IFileSystem
{
    private static readonly LocalFileSystem Disk = LocalFileSystem.Instance;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);

    /// <summary>How often each point was come to.</summary>
    public IReadOnlyDictionary<string, int> Seen
    {
        get
        {
            lock (_gate)
            {
                return _seen.ToDictionary();
            }
        }
    }

    public void CreateDirectory(string path)
    {
        Reach("create directory", path);
        Disk.CreateDirectory(path);
    }

    public void SyncDirectory(string path)
    {
        Reach("sync directory", path);
        Disk.SyncDirectory(path);
    }

    public bool DirectoryExists(string path) => Disk.DirectoryExists(path);

    public IEnumerable<string> Names(string directory) => Disk.Names(directory);

    public IStoreFile? TryOpen(string path) => Disk.TryOpen(path);

    public IStoreFile? TryOpenForUpdate(string path) => Disk.TryOpenForUpdate(path) is { } file ? new WatchedFile(this, file) : null;

    public IStoreFile? TryCreate(string path, bool temporary = false)
    {
        Reach("create", path);
        return Disk.TryCreate(path, temporary) is { } file ? new WatchedFile(this, file) : null;
    }

    public void Replace(string from, string to)
    {
        Reach("replace", to);
        Disk.Replace(from, to);
    }

    public bool TryPublish(string from, string to)
    {
        Reach("publish", to);
        return Disk.TryPublish(from, to);
    }

    public void Share(string file, string name)
    {
        Reach("share", name);
        Disk.Share(file, name);
    }

    public bool Delete(string path)
    {
        Reach("delete", path);
        return Disk.Delete(path);
    }

    public void DeleteAbandoned(string directory, TimeSpan age) => Disk.DeleteAbandoned(directory, age);

    public void Touch(string path)
    {
        Reach("touch", path);
        Disk.Touch(path);
    }

    public DateTimeOffset? LastWritten(string path) => Disk.LastWritten(path);

    public IDisposable? TryLock(string path)
    {
        Reach("take", path);
        return Disk.TryLock(path);
    }

    public bool IsLocked(string path) => Disk.IsLocked(path);

    private void Reach(string call, string path, Action? partly = null)
    {
        var name = $"{call} {KindOf(path)}";
        lock (_gate)
        {
            _seen[name] = _seen.GetValueOrDefault(name) + 1;
            if (name != point || _seen[name] != count)
            {
                return;
            }

            partly?.Invoke();
            using var self = Process.GetCurrentProcess();
            self.Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }

    private static string KindOf(string path)
    {
        var (name, parent) = (Path.GetFileName(path), Path.GetFileName(Path.GetDirectoryName(path)));
        if (name != StoreLayout.Directory && !path.Contains($"/{StoreLayout.Directory}/", StringComparison.Ordinal))
        {
            return "surroundings";
        }

        return (name, parent) switch
        {
            (StoreLayout.Directory, _) => "store",
            (StoreLayout.MarkerFile, _) => "marker",
            (StoreLayout.ClaimFile, _) => "claim",
            (StoreLayout.Blobs or StoreLayout.Runs or StoreLayout.Temporary, StoreLayout.Directory) => name,
            (_, StoreLayout.Temporary) => "temporary",
            (_, StoreLayout.Blobs) => "shard",
            (_, StoreLayout.Runs) => "flow",
            _ when name.EndsWith(".seg", StringComparison.Ordinal) => "segment",
            _ when name.EndsWith(RunLock.LockSuffix, StringComparison.Ordinal) => "lock",
            _ when name.EndsWith(RunLock.HolderSuffix, StringComparison.Ordinal) => "holder",
            _ when StoreLayout.TryParseRunId(name, out _) => "run",
            _ when name.Length == (2 * ContentHash.Length) - 2 => "blob",
            _ => name,
        };
    }

    private sealed class WatchedFile(KillingFiles files, IStoreFile file) : IStoreFile
    {
        public string Name => file.Name;

        public long Length => file.Length;

        public int Read(Span<byte> destination, long offset) => file.Read(destination, offset);

        public MappedBytes? TryMap() => file.TryMap();

        public void Write(ReadOnlySpan<byte> source, long offset)
        {
            var half = source[..(source.Length / 2)].ToArray();
            files.Reach("write", file.Name, () => file.Write(half, offset));
            file.Write(source, offset);
        }

        public void Sync()
        {
            files.Reach("sync", file.Name);
            file.Sync();
        }

        public void Cut(long length)
        {
            files.Reach("cut", file.Name);
            file.Cut(length);
        }

        public bool OverwritesFaster => file.OverwritesFaster;

        public void Dispose() => file.Dispose();
    }
}
