using System.Security.Cryptography;
using Metaflow.Client;
using Metaflow.Housekeeping;
using Metaflow.Storage;

namespace Metaflow.Signing;

/// <summary>The bytes of a run: the files of its folder that hold records, and the blobs that its records name.</summary>
internal static class RunContents
{
    /// <summary>Small enough to name a place, large enough to be few.</summary>
    public const int BlockLength = 4096;

    /// <summary>The files that are signed.</summary>
    public static IReadOnlyList<string> Files(IEnumerable<int> segments) =>
        [StoreLayout.ClaimFile, .. segments.Select(SegmentFormat.FileName)];

    /// <summary>The blocks of a file.</summary>
    public static IEnumerable<ManifestLeaf> Blocks(RunFolder folder, string name)
    {
        using var file = File.OpenHandle(Path.Join(folder.Path, name), options: FileOptions.SequentialScan);
        var block = new byte[BlockLength];
        for (var offset = 0L; Read(file, block, offset) is > 0 and var length; offset += length)
        {
            yield return new(name, offset, length, new(SHA256.HashData(block.AsSpan(0, length))));
        }
    }

    /// <summary>The blobs, each once, read and checked.</summary>
    /// <exception cref="MetaflowException">One is damaged or missing.</exception>
    public static IEnumerable<ManifestLeaf> Contents(StoredRun run)
    {
        using var reader = run.OpenReader(out _);
        foreach (var blob in RunReferences.Of(reader).DistinctBy(reference => reference.Hash).OrderBy(reference => reference.Hash.ToString(), StringComparer.Ordinal))
        {
            yield return new(null, 0, Check(run, blob.Hash), blob.Hash);
        }
    }

    /// <summary>Reads a blob to its end.</summary>
    /// <returns>Its length.</returns>
    /// <exception cref="MetaflowException">It is damaged or missing.</exception>
    public static long Check(StoredRun run, ContentHash hash)
    {
        using var blob = run.Client.Store.Blobs.Open(hash);
        using var content = blob.OpenRead();
        content.CopyTo(Stream.Null);
        return blob.Length;
    }

    /// <summary>Fills the block as far as the file goes.</summary>
    public static int Read(Microsoft.Win32.SafeHandles.SafeFileHandle file, Span<byte> block, long offset)
    {
        var total = 0;
        while (total < block.Length && RandomAccess.Read(file, block[total..], offset + total) is > 0 and var read)
        {
            total += read;
        }

        return total;
    }
}
