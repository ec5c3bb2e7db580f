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

    private readonly IDisposable _held;

    private RunLock(IDisposable held) => _held = held;

    /// <summary>Takes the lock; <see langword="null"/> while somebody has it.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">The lock's path without its ending.</param>
    /// <param name="holder">Who takes it.</param>
    /// <exception cref="MetaflowException">The disk refuses.</exception>
    public static RunLock? TryTake(IFileSystem files, string path, string holder)
    {
        IDisposable? held = null;
        try
        {
            held = files.TryLock(path + LockSuffix);
            if (held is null)
            {
                return null;
            }

            files.Delete(path + HolderSuffix);
            using var file = files.TryCreate(path + HolderSuffix);
            file?.Write(Encoding.UTF8.GetBytes(holder), 0);
            return new(held);
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

    public void Dispose() => _held.Dispose();
}
