namespace Metaflow.Storage;

/// <summary>
/// A lock on a file that the operating system lets go when its process dies, however it dies. A second file names the
/// holder, because a locked file cannot be read everywhere; only the lock counts.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private const string Lock = ".lock";
    private const string HolderName = ".holder";

    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Takes the lock; <see langword="null"/> while somebody has it.</summary>
    /// <param name="path">The lock's path without its ending.</param>
    /// <param name="holder">Who takes it.</param>
    public static RunLock? TryTake(string path, string holder)
    {
        FileStream file;
        try
        {
            file = new(path + Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path + Lock))
        {
            return null;
        }

        File.WriteAllText(path + HolderName, holder);
        return new(file);
    }

    /// <summary>Who has the lock; <see langword="null"/> if nobody.</summary>
    public static string? Holder(string path)
    {
        if (!File.Exists(path + Lock))
        {
            return null;
        }

        try
        {
            using var probe = new FileStream(path + Lock, FileMode.Open, FileAccess.Read, FileShare.Read);
            return null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (IOException)
        {
            return File.Exists(path + HolderName) ? File.ReadAllText(path + HolderName) : "another process";
        }
    }

    public void Dispose() => _file.Dispose();
}
