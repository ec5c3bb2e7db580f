using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Metaflow.Storage;

namespace Metaflow.Provenance.Capture;

/// <summary>
/// The latest record of a program, kept in the store beside the runs, with what it was made from: a run from the same sources,
/// packages and machine is recorded without reading any of them again. Only speed depends on it.
/// </summary>
internal sealed class SnapshotCache(LocalStore store, string file, string fingerprint)
{
    private const string Mark = "metaflow-snapshot 2";
    private const long LongestFile = 32 << 20;

    /// <summary>The cache of this program in a store.</summary>
    public static SnapshotCache Of(LocalStore store, ProvenanceRequest request)
    {
        var program = AppContext.GetData("EntryPointFilePath") as string ?? "";
        var name = ContentHash.Of(Encoding.UTF8.GetBytes($"{program}\n{Environment.ProcessPath}")).ToString()[..32];
        return new(store, Path.Join(store.Root, StoreLayout.Snapshots, name), Fingerprint(request));
    }

    /// <summary>The record, if everything is as it was; its files are in the store and stay there.</summary>
    public (byte[] Header, byte[] Body)? TryUse(DateTimeOffset now)
    {
        var info = new FileInfo(file);
        return info.Exists && info.Length <= LongestFile ? TryUse(File.ReadAllBytes(file), now) : null;
    }

    /// <summary>The record that a file holds, if it is whole and everything is as it was.</summary>
    internal (byte[] Header, byte[] Body)? TryUse(byte[] bytes, DateTimeOffset now)
    {
        // What stands here becomes part of a run, so a damaged file must not.
        var rest = bytes.AsSpan();
        if (Line(ref rest) != Mark || Line(ref rest) != ContentHash.Of(rest).ToString() || Line(ref rest) != fingerprint || !TryNumbers(Line(ref rest), out var header, out var body) || header + (long)body > rest.Length)
        {
            return null;
        }

        var record = (Header: Taken(rest[..header], now), Body: rest.Slice(header, body).ToArray());
        rest = rest[(header + body)..];
        while (rest.Length > 0)
        {
            var line = Line(ref rest);
            if (line.Length == 2 * ContentHash.Length && ContentHash.TryParse(line, out var hash) ? !store.Blobs.TrySettle(hash) : !WatchList.IsSame(line))
            {
                return null;
            }
        }

        return record;
    }

    /// <summary>Keeps a record for the next run.</summary>
    public void Keep(byte[] header, byte[] body, IEnumerable<ContentHash> blobs, IEnumerable<string>? watched)
    {
        if (watched is null)
        {
            return;
        }

        using var content = new MemoryStream();
        content.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{fingerprint}\n{header.Length} {body.Length}\n")));
        content.Write(header);
        content.Write(body);
        content.Write(Encoding.UTF8.GetBytes(string.Concat(watched.Concat(blobs.Select(hash => hash.ToString())).Select(line => line + "\n"))));
        var temporary = $"{file}.{Environment.ProcessId}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(temporary, [.. Encoding.UTF8.GetBytes($"{Mark}\n{ContentHash.Of(content.ToArray())}\n"), .. content.ToArray()]);
            File.Move(temporary, file, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The record itself is durable; the next run reads everything again.
        }
    }

    /// <summary>What a record depends on besides the disk.</summary>
    private static string Fingerprint(ProvenanceRequest request)
    {
        string[] parts =
        [
            request.Version, request.WorkingDirectory, request.Scope.ToString(), RuntimeInformation.FrameworkDescription, RuntimeInformation.OSDescription,
            Environment.MachineName, Environment.ProcessPath ?? "", CultureInfo.CurrentCulture.Name, CultureInfo.CurrentUICulture.Name, TimeZoneInfo.Local.Id,
            .. ((long[])[Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, request.MaximumFiles, request.MaximumBytes, request.MaximumFileBytes])
                .Select(number => number.ToString(CultureInfo.InvariantCulture)),
            .. request.Variables.Select(variable => $"{variable.Key}={variable.Value}"),
        ];
        return ContentHash.Of(Encoding.UTF8.GetBytes(string.Join('\n', parts))).ToString();
    }

    /// <summary>The header with another time; the time is its first field.</summary>
    private static byte[] Taken(ReadOnlySpan<byte> header, DateTimeOffset now) =>
    [
        .. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"taken\":{(now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond}")),
        .. header[header.IndexOf((byte)',')..],
    ];

    private static string Line(ref Span<byte> rest)
    {
        var end = rest.IndexOf((byte)'\n');
        var line = end < 0 ? "" : Encoding.UTF8.GetString(rest[..end]);
        rest = end < 0 ? [] : rest[(end + 1)..];
        return line;
    }

    private static bool TryNumbers(string line, out int first, out int second)
    {
        second = 0;
        var blank = line.IndexOf(' ', StringComparison.Ordinal);
        return int.TryParse(line.AsSpan(0, Math.Max(0, blank)), NumberStyles.None, CultureInfo.InvariantCulture, out first)
            && int.TryParse(line.AsSpan(blank + 1), NumberStyles.None, CultureInfo.InvariantCulture, out second);
    }
}
