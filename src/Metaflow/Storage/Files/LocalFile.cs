using Microsoft.Win32.SafeHandles;

namespace Metaflow.Storage.Files;

/// <summary>A file on the local disk.</summary>
internal sealed class LocalFile(string path, SafeFileHandle handle) : IStoreFile
{
    public string Name => path;

    public long Length => RandomAccess.GetLength(handle);

    public int Read(Span<byte> destination, long offset)
    {
        var total = 0;
        while (total < destination.Length)
        {
            var read = RandomAccess.Read(handle, destination[total..], offset + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    public MappedBytes? TryMap()
    {
        var length = Length;
        return length > 0 && Environment.Is64BitProcess ? new(handle, length) : null;
    }

    public void Write(ReadOnlySpan<byte> source, long offset) => RandomAccess.Write(handle, source, offset);

    public void Sync()
    {
        if (OperatingSystem.IsLinux())
        {
            UnixCalls.SyncData(handle, path);
        }
        else
        {
            RandomAccess.FlushToDisk(handle);
        }
    }

    public void Cut(long length) => RandomAccess.SetLength(handle, length);

    public bool OverwritesFaster => OperatingSystem.IsLinux() && UnixCalls.WritesInPlace(handle);

    public void Dispose() => handle.Dispose();
}
