using System.Runtime.InteropServices;

namespace Metaflow.FlowMatrix.Running;

/// <summary>
/// A pipe with a name in the file system. Its end is read when the last process that holds it open for writing is gone,
/// however that ended; nobody needs to look again and again.
/// </summary>
internal sealed partial class NamedPipe
{
    public NamedPipe(string path)
    {
        Path = path;
        if (MakeFifo(path, 0b110_000_000) != 0)
        {
            throw new InvalidOperationException($"mkfifo {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    public string Path { get; }

    /// <summary>Opens the pipe for reading, which waits for the first writer.</summary>
    public Task<StreamReader> OpenAsync() =>
        Task.Run(() => new StreamReader(new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1)), TestContext.Current.CancellationToken);

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int MakeFifo(string path, uint mode);
}
