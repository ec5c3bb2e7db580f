using System.IO.Enumeration;

namespace Metaflow.Storage.Files;

/// <summary>The disk of this machine.</summary>
internal sealed class LocalFileSystem : IFileSystem
{
    public static readonly LocalFileSystem Instance = new();

    private static readonly TimeSpan TimeStep = TimeSpan.FromSeconds(2);

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private LocalFileSystem()
    {
    }

    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    public void SyncDirectory(string path)
    {
        // Windows journals names by itself and cannot flush a directory.
        if (!OperatingSystem.IsWindows())
        {
            UnixCalls.SyncDirectory(path);
        }
    }

    public bool DirectoryExists(string path) => Directory.Exists(path);

    public IEnumerable<string> Names(string directory)
    {
        try
        {
            return new FileSystemEnumerable<string>(directory, (ref entry) => entry.FileName.ToString(), Everything);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    public long? Stamp(string directory)
    {
        // File systems count time in steps of up to two seconds. A directory that is not there has the year 1601.
        var changed = Directory.GetLastWriteTimeUtc(directory);
        return DateTime.UtcNow - changed > TimeStep && changed.Year > 1601 ? changed.Ticks : null;
    }

    public IStoreFile? TryOpen(string path)
    {
        // Most blobs that are put are not there yet, and an exception costs more than asking.
        if (!Exists(path))
        {
            return null;
        }

        try
        {
            return new LocalFile(
                path, File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public IStoreFile? TryOpenForUpdate(string path) => Exists(path)
        ? new LocalFile(path, File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
        : null;

    public IStoreFile? TryCreate(string path, bool temporary = false)
    {
        // FileShare.None holds an advisory lock on Unix, which DeleteAbandoned respects. Until it is released nobody can open
        // the file, so it must be closed before it is renamed to where readers look.
        var share = temporary && !OperatingSystem.IsWindows() ? FileShare.None : FileShare.ReadWrite | FileShare.Delete;
        try
        {
            return new LocalFile(path, File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, share));
        }
        catch (IOException fault) when (StorageFaults.IsExisting(fault))
        {
            return null;
        }
    }

    public void Replace(string from, string to) => File.Move(from, to, overwrite: true);

    public bool TryPublish(string from, string to)
    {
        if (!OperatingSystem.IsWindows())
        {
            return UnixCalls.TryPublish(from, to);
        }

        try
        {
            // Atomic on Windows; on Unix the same call looks first and renames afterwards.
            File.Move(from, to, overwrite: false);
            return true;
        }
        catch (IOException fault) when (StorageFaults.IsExisting(fault))
        {
            return false;
        }
    }

    public void Share(string file, string name)
    {
        if (OperatingSystem.IsWindows() || !UnixCalls.TryLink(file, name))
        {
            File.Copy(file, name);
            using var copy = File.OpenHandle(name, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(copy);
        }
    }

    public bool Delete(string path)
    {
        var existed = Exists(path);
        if (existed)
        {
            File.Delete(path);
        }

        return existed;
    }

    public void DeleteAbandoned(string directory, TimeSpan age)
    {
        var before = DateTime.UtcNow - age;
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < before && IsFree(file.FullName))
            {
                file.Delete();
            }
        }
    }

    public void Touch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            // It went in this moment, which is as if it had gone before.
        }
    }

    public DateTimeOffset? LastWritten(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.LastWriteTimeUtc : Exists(path) ? File.GetLastWriteTimeUtc(path) : null;
    }

    public IDisposable? TryLock(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault) when (StorageFaults.IsLocked(fault))
        {
            return null;
        }
    }

    public bool IsLocked(string path)
    {
        if (!Exists(path))
        {
            return false;
        }

        try
        {
            File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read).Dispose();
            return false;
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException fault) when (StorageFaults.IsLocked(fault))
        {
            return true;
        }
    }

    /// <summary>
    /// Whether a file is there. What the disk or its permissions hide is a fault: taken for absent, a run would seem never to
    /// have been, and its content would be garbage.
    /// </summary>
    private static bool Exists(string path)
    {
        if (File.Exists(path))
        {
            return true;
        }

        if (!OperatingSystem.IsWindows())
        {
            UnixCalls.RequireAbsent(path);
        }

        return false;
    }

    private static bool IsFree(string path)
    {
        try
        {
            File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Somebody writes to it, deleted it meanwhile, or owns it: not ours to delete.
            return false;
        }
    }
}
