using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Metaflow.Storage.Files;

/// <summary>The calls of Unix that the framework does not offer: syncing data or a directory, hard links, why a file cannot be seen.</summary>
internal static partial class UnixCalls
{
    private const int NotPermitted = 1;
    private const int Denied = 13;
    private const int NoDirectory = 20;
    private const int Interrupted = 4;
    private const int Exists = 17;
    private const int Invalid = 22;
    private const int TooManyLinks = 31;

    private const int ExtFileSystem = 0xEF53;
    private const int XfsFileSystem = 0x58465342;
    private const int OverlayFileSystem = 0x794C7630;

    /// <summary>More than <c>struct statfs</c> has on any machine.</summary>
    private const int FileSystemFacts = 256;

    private static readonly int CloseOnExec = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;
    private static readonly int NotSupported = OperatingSystem.IsMacOS() ? 45 : 95;
    private static readonly int NoSuchCall = OperatingSystem.IsMacOS() ? 78 : 38;

    /// <summary>Makes the names in a directory durable.</summary>
    public static void SyncDirectory(string path)
    {
        int descriptor;
        while ((descriptor = Open(path, CloseOnExec)) < 0)
        {
            ThrowUnlessInterrupted("open", path);
        }

        try
        {
            while (Sync(descriptor) < 0)
            {
                // Some network file systems cannot sync a directory and need not.
                if (Marshal.GetLastPInvokeError() is var error && (error == Invalid || error == NotSupported))
                {
                    return;
                }

                ThrowUnlessInterrupted("fsync", path);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>
    /// Makes the bytes of a file durable, and of what is known about it only what is needed to read them again: its length,
    /// but not when it was written. Linux only.
    /// </summary>
    public static void SyncData(SafeFileHandle file, string path)
    {
        while (SyncData(file) < 0)
        {
            // What has nothing to sync, such as a pipe, says so like this.
            if (Marshal.GetLastPInvokeError() is var error && (error == Invalid || error == NotSupported))
            {
                return;
            }

            ThrowUnlessInterrupted("fdatasync", path);
        }
    }

    /// <summary>
    /// Whether a file is on a file system that replaces bytes where they are and keeps a journal of the rest. Linux only.
    /// </summary>
    public static bool WritesInPlace(SafeFileHandle file)
    {
        // The first field is the type, as long as an address.
        Span<nint> facts = stackalloc nint[FileSystemFacts / nint.Size];
        return FileSystem(file, ref facts[0]) == 0 && (int)facts[0] is ExtFileSystem or XfsFileSystem or OverlayFileSystem;
    }

    /// <summary>Gives a file its name unless the name is taken.</summary>
    public static bool TryPublish(string from, string to)
    {
        while (Link(from, to) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == Exists)
            {
                return false;
            }

            if (error is NotPermitted or TooManyLinks || error == NotSupported || error == NoSuchCall)
            {
                return TryPublishWithoutLinks(from, to);
            }

            ThrowUnlessInterrupted("link", to);
        }

        File.Delete(from);
        return true;
    }

    /// <summary>
    /// For file systems without hard links (FAT, some network disks): whoever creates the claim beside the name may take
    /// the name. A crash in between loses the name for good, which is safe.
    /// </summary>
    private static bool TryPublishWithoutLinks(string from, string to)
    {
        try
        {
            File.OpenHandle(to + ".claim", FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite).Dispose();
        }
        catch (IOException fault) when (StorageFaults.IsExisting(fault))
        {
            return false;
        }

        File.Move(from, to, overwrite: true);
        return true;
    }

    /// <summary>Gives a file a second name; false where the file system has no such thing.</summary>
    public static bool TryLink(string file, string name)
    {
        while (Link(file, name) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error is NotPermitted or TooManyLinks || error == NotSupported || error == NoSuchCall)
            {
                return false;
            }

            ThrowUnlessInterrupted("link", name);
        }

        return true;
    }

    /// <summary>Insists that a file that was not found is absent, and not merely hidden by a fault.</summary>
    /// <exception cref="UnauthorizedAccessException">This user may not look there.</exception>
    /// <exception cref="IOException">The disk cannot tell.</exception>
    public static void RequireAbsent(string path)
    {
        while (Access(path, 0) < 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case StorageFaults.UnixMissing or NoDirectory:
                    return;
                case Denied:
                    throw new UnauthorizedAccessException($"Access to the path '{path}' is denied.");
                default:
                    ThrowUnlessInterrupted("access", path);
                    break;
            }
        }
    }

    private static void ThrowUnlessInterrupted(string call, string path)
    {
        var error = Marshal.GetLastPInvokeError();
        if (error != Interrupted)
        {
            throw new IOException($"{call} of {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int SyncData(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fstatfs")]
    private static partial int FileSystem(SafeFileHandle file, ref nint facts);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
