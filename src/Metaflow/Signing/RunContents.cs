using System.Security.Cryptography;
using Metaflow.Client;
using Metaflow.Housekeeping;
using Metaflow.Storage;
using Microsoft.Win32.SafeHandles;

namespace Metaflow.Signing;

/// <summary>The bytes of a run: the files of its folder that hold records, and the blobs that its records name.</summary>
internal static class RunContents
{
    /// <summary>Small enough to name a place, large enough to be few.</summary>
    public const int BlockLength = 4096;

    /// <summary>The files that are signed.</summary>
    public static IReadOnlyList<string> Files(IEnumerable<int> segments) =>
        [StoreLayout.ClaimFile, .. segments.Select(SegmentFormat.FileName)];

    /// <summary>The blocks of a file, without the zeros that a segment may have behind its records: they come and go.</summary>
    public static IEnumerable<ManifestLeaf> Blocks(RunFolder folder, SegmentReader reader, string name)
    {
        using var file = File.OpenHandle(Path.Join(folder.Path, name), options: FileOptions.SequentialScan);
        var end = SegmentFormat.SegmentOf(name) is > 0 and var segment ? EndOfContent(file, reader, segment) : RandomAccess.GetLength(file);
        var block = new byte[BlockLength];
        for (var offset = 0L; offset < end; offset += block.Length)
        {
            var length = Read(file, block.AsSpan(0, (int)Math.Min(block.Length, end - offset)), offset);
            yield return new(name, offset, length, new(SHA256.HashData(block.AsSpan(0, length))));
        }
    }

    /// <summary>Whether a file has nothing but zeros from an offset on.</summary>
    public static bool IsZeroFrom(SafeFileHandle file, long offset) => LastNotZero(file, offset) < offset;

    /// <summary>Where the records of a segment end, and what else was written.</summary>
    private static long EndOfContent(SafeFileHandle file, SegmentReader reader, int segment)
    {
        var length = RandomAccess.GetLength(file);
        var end = LastNotZero(file, 0) + 1;
        return end == length ? length : Math.Max(end, reader.ScanSegment(segment, 0).LastOrDefault().Next.Offset);
    }

    /// <summary>The offset of the last byte that is not zero; less than <paramref name="from"/> if there is none from there on.</summary>
    private static long LastNotZero(SafeFileHandle file, long from)
    {
        var block = new byte[BlockLength];
        for (var end = RandomAccess.GetLength(file); end > from; end -= block.Length)
        {
            var start = Math.Max(from, end - block.Length);
            var last = block.AsSpan(0, Read(file, block.AsSpan(0, (int)(end - start)), start)).LastIndexOfAnyExcept((byte)0);
            if (last >= 0)
            {
                return start + last;
            }
        }

        return from - 1;
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
    public static int Read(SafeFileHandle file, Span<byte> block, long offset)
    {
        var total = 0;
        while (total < block.Length && RandomAccess.Read(file, block[total..], offset + total) is > 0 and var read)
        {
            total += read;
        }

        return total;
    }
}
