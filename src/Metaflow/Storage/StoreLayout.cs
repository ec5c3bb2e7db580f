using System.Globalization;
using System.Text;
using Metaflow.Storage.Files;

namespace Metaflow.Storage;

/// <summary>The names of everything in a store's directory; see docs/formats/store-layout.md.</summary>
internal static class StoreLayout
{
    /// <summary>The directory's own name.</summary>
    public const string Directory = ".metaflow";

    /// <summary>The file that says what the directory is.</summary>
    public const string MarkerFile = "store.json";

    /// <summary>Where blobs are.</summary>
    public const string Blobs = "blobs";

    /// <summary>Where runs are.</summary>
    public const string Runs = "runs";

    /// <summary>Where the latest source snapshots are noted; only speed depends on it.</summary>
    public const string Snapshots = "snapshots";

    /// <summary>Where files are until they are complete.</summary>
    public const string Temporary = "tmp";

    /// <summary>The file whose existence makes a run's number taken.</summary>
    public const string ClaimFile = "claim";

    /// <summary>What the claim of a run is called while the run is being removed.</summary>
    public const string RemovedFile = "removed";

    /// <summary>Claims and markers are small; a larger file is not one.</summary>
    public const int MaxSmallFile = 16 << 20;

    /// <summary>A file system gives a name 255 bytes; some bytes are left for suffixes.</summary>
    private const int MaxFlowName = 200;

    private const int MaxRunIdDigits = 18;
    private const int ShardDigits = 2;

    /// <summary>The directories that blobs are spread over, by the first digits of their hashes.</summary>
    public static IReadOnlyList<string> Shards { get; } =
        [.. Enumerable.Range(0, 256).Select(number => number.ToString("x2", CultureInfo.InvariantCulture))];

    /// <summary>Whether a flow can have this name: letters, digits and underscores, as in C#.</summary>
    public static bool IsFlowName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0])
        && name.All(letter => char.IsLetterOrDigit(letter) || letter == '_')
        && Encoding.UTF8.GetByteCount(name) <= MaxFlowName;

    /// <summary>Reads a run's number as it is written in a path: no sign, no leading zero.</summary>
    public static bool TryParseRunId(string text, out long runId) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out runId)
        && runId > 0 && text[0] != '0' && text.Length <= MaxRunIdDigits;

    /// <summary>The key of a blob.</summary>
    public static string BlobKey(in ContentHash hash)
    {
        var digits = hash.ToString();
        return $"{Blobs}/{digits[..ShardDigits]}/{digits[ShardDigits..]}";
    }

    /// <summary>The blob of a key.</summary>
    public static bool TryParseBlobKey(string key, out ContentHash hash)
    {
        hash = default;
        return key.Length == Blobs.Length + (2 * ContentHash.Length) + 2
            && key.StartsWith(Blobs + "/", StringComparison.Ordinal)
            && key[Blobs.Length + 1 + ShardDigits] == '/'
            && ContentHash.TryParse(
                string.Concat(key.AsSpan(Blobs.Length + 1, ShardDigits), key.AsSpan(Blobs.Length + 2 + ShardDigits)), out hash);
    }

    /// <summary>Reads a whole small file; <see langword="null"/> when it is not there.</summary>
    public static byte[]? ReadSmallFile(IFileSystem files, string path)
    {
        try
        {
            using var file = files.TryOpen(path);
            if (file is null)
            {
                return null;
            }

            var length = file.Length;
            if (length > MaxSmallFile)
            {
                throw CorruptDataException.Create(path, MaxSmallFile, $"it has {length} bytes, more than such a file can have");
            }

            var bytes = new byte[length];
            return bytes[..file.Read(bytes, 0)];
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("read", path, fault);
        }
    }
}
