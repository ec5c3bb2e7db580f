using Metaflow.Storage.Files;

namespace Metaflow.Storage;

/// <summary>
/// Deletes blobs beside processes that put the same content: who finds a blob touches it, then looks whether it is still
/// there; who deletes one moves it aside, then looks whether it was touched. So one of the two sees the other.
/// </summary>
internal static class BlobDiscard
{
    private const string AsideSuffix = ".going";

    /// <summary>Deletes a blob unless it was touched since a time.</summary>
    /// <returns>Whether it was deleted.</returns>
    public static bool TryDiscard(IFileSystem files, string root, string path, DateTimeOffset since)
    {
        if (files.LastWritten(path) is not { } before || before >= since)
        {
            return false;
        }

        var aside = Path.Join(root, StoreLayout.Temporary, NameOf(path) + AsideSuffix);
        try
        {
            files.Replace(path, aside);
        }
        catch (FileNotFoundException)
        {
            // Another collection was quicker.
            return false;
        }

        if (files.LastWritten(aside) is { } after && after >= since)
        {
            Restore(files, aside, path);
            return false;
        }

        return files.Delete(aside);
    }

    /// <summary>Puts back what a process had moved aside when it died. That of a process that goes on is put back too, and stays.</summary>
    public static void Recover(IFileSystem files, string root)
    {
        var temporary = Path.Join(root, StoreLayout.Temporary);
        foreach (var name in files.Names(temporary).Where(name => name.EndsWith(AsideSuffix, StringComparison.Ordinal)))
        {
            if (ContentHash.TryParse(name.AsSpan(0, name.Length - AsideSuffix.Length), out var hash))
            {
                Restore(files, Path.Join(temporary, name), Path.Join(root, StoreLayout.BlobKey(hash)));
            }
        }
    }

    private static void Restore(IFileSystem files, string aside, string path)
    {
        try
        {
            // Where the content was put anew meanwhile, that stays.
            if (!files.TryPublish(aside, path))
            {
                files.Delete(aside);
            }

            files.SyncDirectory(Path.GetDirectoryName(path)!);
        }
        catch (IOException fault) when (fault is FileNotFoundException || fault.HResult == StorageFaults.UnixMissing)
        {
            // Another process was quicker to put it back or to delete it.
        }
    }

    private static string NameOf(string path) => Path.GetFileName(Path.GetDirectoryName(path)) + Path.GetFileName(path);
}
