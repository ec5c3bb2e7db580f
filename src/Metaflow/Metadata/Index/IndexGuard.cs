namespace Metaflow.Metadata.Index;

/// <summary>
/// The lock file beside the index. Whoever has the index open holds it shared; whoever creates or deletes the index holds
/// it alone. Deleting a database that another process has open would let two files share one journal. It is a file of its
/// own because closing any handle to the database file would drop SQLite's locks on it.
/// </summary>
internal sealed class IndexGuard : IDisposable
{
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = 32;

    private readonly FileStream _file;

    private IndexGuard(FileStream file) => _file = file;

    /// <summary>Whether the index was found damaged and waits to be deleted.</summary>
    public bool IsCondemned => _file.Length > 0;

    /// <summary>Takes the lock together with others; <see langword="null"/> if someone holds it alone.</summary>
    public static IndexGuard? TryShare(string path) => TryOpen(path, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Takes the lock alone; <see langword="null"/> if anyone holds it.</summary>
    public static IndexGuard? TryOwn(string path) => TryOpen(path, FileShare.None);

    /// <summary>Marks the index as damaged for everyone.</summary>
    public void Condemn()
    {
        _file.Position = 0;
        _file.Write("damaged\n"u8);
        _file.Flush();
    }

    /// <summary>Takes the mark away.</summary>
    public void Absolve()
    {
        _file.SetLength(0);
        _file.Flush();
    }

    public void Dispose() => _file.Dispose();

    private static IndexGuard? TryOpen(string path, FileShare share)
    {
        try
        {
            return new(new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share, bufferSize: 0));
        }
        catch (IOException exception) when (
            (exception.HResult & 0xffff) is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation)
        {
            return null;
        }
    }
}
