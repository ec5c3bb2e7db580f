using Metaflow.Storage.Files;

namespace Metaflow.Benchmarks.Index;

/// <summary>The local disk without its syncs: to make a large store that is only read afterwards.</summary>
internal sealed class UnsyncedFiles : IFileSystem
{
    private static readonly LocalFileSystem Disk = LocalFileSystem.Instance;

    public void CreateDirectory(string path) => Disk.CreateDirectory(path);

    public void SyncDirectory(string path)
    {
    }

    public bool DirectoryExists(string path) => Disk.DirectoryExists(path);

    public IEnumerable<string> Names(string directory) => Disk.Names(directory);

    public IStoreFile? TryOpen(string path) => Disk.TryOpen(path);

    public IStoreFile? TryOpenForUpdate(string path) => Disk.TryOpenForUpdate(path) is { } file ? new UnsyncedFile(file) : null;

    public IStoreFile? TryCreate(string path, bool temporary = false) =>
        Disk.TryCreate(path, temporary) is { } file ? new UnsyncedFile(file) : null;

    public void Replace(string from, string to) => Disk.Replace(from, to);

    public bool TryPublish(string from, string to) => Disk.TryPublish(from, to);

    public void Share(string file, string name) => Disk.Share(file, name);

    public bool Delete(string path) => Disk.Delete(path);

    public void DeleteAbandoned(string directory, TimeSpan age) => Disk.DeleteAbandoned(directory, age);

    public void Touch(string path) => Disk.Touch(path);

    public DateTimeOffset? LastWritten(string path) => Disk.LastWritten(path);

    public IDisposable? TryLock(string path) => Disk.TryLock(path);

    public bool IsLocked(string path) => Disk.IsLocked(path);

    private sealed class UnsyncedFile(IStoreFile file) : IStoreFile
    {
        public string Name => file.Name;

        public long Length => file.Length;

        public int Read(Span<byte> destination, long offset) => file.Read(destination, offset);

        public MappedBytes? TryMap() => file.TryMap();

        public void Write(ReadOnlySpan<byte> source, long offset) => file.Write(source, offset);

        public void Sync()
        {
        }

        public void Cut(long length) => file.Cut(length);

        public void Dispose() => file.Dispose();
    }
}
