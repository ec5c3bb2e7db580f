using System.Globalization;

namespace Metaflow.Provenance.Capture;

/// <summary>
/// Everything on disk that a snapshot was made from, with times and sizes: while all of it is the same, so is the snapshot.
/// </summary>
internal sealed class WatchList
{
    /// <summary>What changed a moment ago may change again without getting another time.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, (long Ticks, long Size)> _seen = new(StringComparer.Ordinal);

    /// <summary>Whether the snapshot depends on more than this list can hold.</summary>
    public bool IsIncomplete { get; set; }

    /// <summary>Notes a file or directory as it is now, there or not. Called before it is read.</summary>
    public void Add(string path) => _seen.TryAdd(path, Look(path));

    /// <summary>Notes all of some names in a directory.</summary>
    public void Add(string directory, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            Add(Path.Join(directory, name));
        }
    }

    /// <summary>The list as lines; <see langword="null"/> if it cannot be relied on.</summary>
    public IEnumerable<string>? ToLines(DateTimeOffset now)
    {
        var latest = (now - Settled).UtcTicks;
        return IsIncomplete || _seen.Any(entry => entry.Value.Ticks > latest || entry.Key.Contains('\n', StringComparison.Ordinal))
            ? null
            : _seen.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Value.Ticks} {entry.Value.Size} {entry.Key}"));
    }

    /// <summary>Whether what a line tells of is still so.</summary>
    public static bool IsSame(ReadOnlySpan<char> line)
    {
        var first = line.IndexOf(' ');
        var second = first < 0 ? -1 : line[(first + 1)..].IndexOf(' ') + first + 1;
        return second > first
            && long.TryParse(line[..first], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var ticks)
            && long.TryParse(line[(first + 1)..second], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var size)
            && Look(line[(second + 1)..].ToString()) == (ticks, size);
    }

    private static (long Ticks, long Size) Look(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc.Ticks, file.Length)
            : Directory.Exists(path) ? (Directory.GetLastWriteTimeUtc(path).Ticks, -2)
            : (-1, -1);
    }
}
