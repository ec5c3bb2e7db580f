using Metaflow.Storage.Files;

namespace Metaflow.Tests.Storage;

/// <summary>A disk on which something else happens before one of the calls.</summary>
/// <param name="disk">The disk.</param>
/// <param name="at">Before which call after the interruption was set; 0 is the first.</param>
internal sealed class InterruptedDisk(SimulatedDisk disk, int at) : IFileSystem
{
    private int _calls;

    public SimulatedDisk Disk => disk;

    /// <summary>What happens.</summary>
    public Action? Interruption { get; set; }

    public bool WasInterrupted { get; private set; }

    public void CreateDirectory(string path) => disk.CreateDirectory(path);

    public void SyncDirectory(string path) => After(() => disk.SyncDirectory(path));

    public bool DirectoryExists(string path) => disk.DirectoryExists(path);

    public IEnumerable<string> Names(string directory) => disk.Names(directory);

    public IStoreFile? TryOpen(string path) => disk.TryOpen(path);

    public IStoreFile? TryOpenForUpdate(string path) => disk.TryOpenForUpdate(path);

    public IStoreFile? TryCreate(string path, bool temporary = false) => disk.TryCreate(path, temporary);

    public void Replace(string from, string to) => After(() => disk.Replace(from, to));

    public bool TryPublish(string from, string to)
    {
        Reach();
        return disk.TryPublish(from, to);
    }

    public void Share(string file, string name) => disk.Share(file, name);

    public bool Delete(string path)
    {
        Reach();
        return disk.Delete(path);
    }

    public void DeleteAbandoned(string directory, TimeSpan age) => disk.DeleteAbandoned(directory, age);

    public void Touch(string path) => After(() => disk.Touch(path));

    public DateTimeOffset? LastWritten(string path)
    {
        Reach();
        return disk.LastWritten(path);
    }

    public IDisposable? TryLock(string path) => disk.TryLock(path);

    public bool IsLocked(string path) => disk.IsLocked(path);

    private void After(Action action)
    {
        Reach();
        action();
    }

    private void Reach()
    {
        if (Interruption is { } interruption && _calls++ == at)
        {
            Interruption = null;
            WasInterrupted = true;
            interruption();
        }
    }
}
