using System.Text;
using Metaflow.Storage.Files;

namespace Metaflow.Storage;

/// <summary>
/// A lock on a file that the operating system lets go when its process dies, however it dies. A second file names the
/// holder, because a locked file cannot be read everywhere; only the lock counts.
/// </summary>
internal sealed class RunLock : IDisposable
{
    /// <summary>What the name of a locked file ends with.</summary>
    public const string LockSuffix = ".lock";

    /// <summary>What the name of the file beside it ends with.</summary>
    public const string HolderSuffix = ".holder";

    private readonly IFileSystem _files;
    private readonly string _path;
    private readonly IDisposable _held;
    private bool _isReleased;

    private RunLock(IFileSystem files, string path, IDisposable held)
    {
        _files = files;
        _path = path;
        _held = held;
    }

    /// <summary>Takes the lock; <see langword="null"/> while somebody has it.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">The lock's path without its ending.</param>
    /// <param name="holder">Who takes it.</param>
    /// <param name="mayBeNameless">Whether the lock counts also where the holder's name cannot be written.</param>
    /// <exception cref="MetaflowException">The disk refuses.</exception>
    public static RunLock? TryTake(IFileSystem files, string path, string holder, bool mayBeNameless = false)
    {
        IDisposable? held = null;
        try
        {
            held = files.TryLock(path + LockSuffix);
            if (held is null)
            {
                return null;
            }

            var taken = new RunLock(files, path, held);
            try
            {
                taken.Rename(holder);
            }
            catch (Exception fault) when (mayBeNameless && StorageFaults.IsFull(fault))
            {
                // Who makes room on a full disk cannot wait for room.
            }

            return taken;
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            held?.Dispose();
            throw StorageFaults.Explain("lock", path + LockSuffix, fault);
        }
    }

    /// <summary>Who has the lock; <see langword="null"/> if nobody.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">The lock's path without its ending.</param>
    /// <exception cref="MetaflowException">The disk refuses.</exception>
    public static string? Holder(IFileSystem files, string path)
    {
        try
        {
            return !files.IsLocked(path + LockSuffix) ? null
                : StoreLayout.ReadSmallFile(files, path + HolderSuffix) is { Length: > 0 } holder ? Encoding.UTF8.GetString(holder)
                : "another process";
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("look at", path + LockSuffix, fault);
        }
    }

    /// <summary>Who took the lock last and did not let it go in order, and when that process last gave a sign of life.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">The lock's path without its ending.</param>
    public static (string Holder, DateTimeOffset Beat)? LastBeat(IFileSystem files, string path)
    {
        try
        {
            return StoreLayout.ReadSmallFile(files, path + HolderSuffix) is { Length: > 0 } holder
                && files.LastWritten(path + HolderSuffix) is { } beat
                ? (Encoding.UTF8.GetString(holder), beat)
                : null;
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("look at", path + HolderSuffix, fault);
        }
    }

    /// <summary>Changes the name that those who are refused are told.</summary>
    public void Rename(string holder)
    {
        _files.Delete(_path + HolderSuffix);
        using var file = _files.TryCreate(_path + HolderSuffix);
        file?.Write(Encoding.UTF8.GetBytes(holder), 0);
    }

    /// <summary>Gives a sign of life.</summary>
    public void Beat()
    {
        try
        {
            _files.Touch(_path + HolderSuffix);
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            // A disk that fails is the journal's to tell, where it matters. The lock says that this process lives.
        }
    }

    /// <summary>Lets the lock go in order: nobody has it, and nobody who died had it.</summary>
    public void Dispose()
    {
        if (_isReleased)
        {
            return;
        }

        _isReleased = true;
        try
        {
            _files.Delete(_path + HolderSuffix);
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            // The name alone means nothing on this machine, and little elsewhere after a minute. The run may also be gone.
        }

        _held.Dispose();
    }
}
