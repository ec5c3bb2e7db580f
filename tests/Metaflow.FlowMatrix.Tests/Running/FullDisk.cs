using Metaflow.Storage.Files;

namespace Metaflow.FlowMatrix.Running;

/// <summary>The local disk, which can be filled up or broken at any moment: from then on no file takes bytes.</summary>
internal sealed class FullDisk : IFileSystem
{
    public const int NoSpaceLeft = 28;
    public const int Broken = 5;

    private readonly LocalFileSystem _inner = LocalFileSystem.Instance;
    private int _error;
    private volatile bool _isFull;

    /// <summary>Lets writes fail from now on.</summary>
    /// <param name="error">Why: the number of Unix for a full disk or a broken one.</param>
    public void FillUp(int error = NoSpaceLeft)
    {
        _error = error;
        _isFull = true;
    }

    public void CreateDirectory(string path) => _inner.CreateDirectory(path);

    public void SyncDirectory(string path) => _inner.SyncDirectory(path);

    public bool DirectoryExists(string path) => _inner.DirectoryExists(path);

    public IEnumerable<string> Names(string directory) => _inner.Names(directory);

    public IStoreFile? TryOpen(string path) => _inner.TryOpen(path);

    public IStoreFile? TryOpenForUpdate(string path) => _inner.TryOpenForUpdate(path) is { } file ? new FullFile(this, file) : null;

    public IStoreFile? TryCreate(string path, bool temporary = false) =>
        _inner.TryCreate(path, temporary) is { } file ? new FullFile(this, file) : null;

    public void Replace(string from, string to) => _inner.Replace(from, to);

    public bool TryPublish(string from, string to) => _inner.TryPublish(from, to);

    public void Share(string file, string name) => _inner.Share(file, name);

    public bool Delete(string path) => _inner.Delete(path);

    public void DeleteAbandoned(string directory, TimeSpan age) => _inner.DeleteAbandoned(directory, age);

    public void Touch(string path) => _inner.Touch(path);

    public DateTimeOffset? LastWritten(string path) => _inner.LastWritten(path);

    public IDisposable? TryLock(string path) => _inner.TryLock(path);

    public bool IsLocked(string path) => _inner.IsLocked(path);

    private sealed class FullFile(FullDisk disk, IStoreFile inner) : IStoreFile
    {
        public string Name => inner.Name;

        public long Length => inner.Length;

        public int Read(Span<byte> destination, long offset) => inner.Read(destination, offset);

        public MappedBytes? TryMap() => inner.TryMap();

        public void Write(ReadOnlySpan<byte> source, long offset)
        {
            if (disk._isFull)
            {
                throw new IOException(disk._error == Broken ? "Input/output error" : "No space left on device", disk._error);
            }

            inner.Write(source, offset);
        }

        public void Sync() => inner.Sync();

        public void Cut(long length) => inner.Cut(length);

        public bool OverwritesFaster => inner.OverwritesFaster;

        public void Dispose() => inner.Dispose();
    }
}
