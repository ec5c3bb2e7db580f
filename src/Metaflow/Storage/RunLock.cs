using System.Text;

namespace Metaflow.Storage;

/// <summary>
/// A lock on a file that the operating system lets go when its process dies, however it dies. The file's content names the
/// holder; only the lock counts.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Takes the lock; <see langword="null"/> while somebody has it.</summary>
    public static RunLock? TryTake(string path, string holder)
    {
        FileStream file;
        try
        {
            file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }

        file.SetLength(0);
        file.Write(Encoding.UTF8.GetBytes(holder));
        file.Flush();
        return new(file);
    }

    /// <summary>Who has the lock; <see langword="null"/> if nobody, or if it cannot be told.</summary>
    public static string? Holder(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var probe = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (IOException)
        {
            // Locked. What it says can still be read by a handle that asks for no lock.
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return reader.ReadToEnd() is { Length: > 0 } holder ? holder : "another process";
        }
    }

    public void Dispose() => _file.Dispose();
}
