using System.Diagnostics;

namespace Metaflow.Benchmarks.Storage;

/// <summary>Saving and loading whole artifacts, beside gzip, LZ4 and the least that has to be done.</summary>
internal sealed class SaveLoadTables(Settings settings, string directory)
{
    private const int WarmUps = 3;

    private readonly List<string> _loads = [];

    public void Run()
    {
        Console.WriteLine("Save: encode and store durably, ms; medians of n, in turn. `gzip`: SHA-1, gzip level 3, file, fsync. `lz4`: the same with an LZ4 frame of liblz4. `floor`: SHA-256 of the encoded bytes, write, fsync.");
        Console.WriteLine();
        Console.WriteLine("| save | n | ours | gzip | lz4 | floor | gzip / ours | lz4 / ours | ours / floor | ours MB | gzip MB | lz4 MB | ours allocates |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var create in Case.All(settings.LargestMegabytes))
        {
            Measure(create());
        }

        Console.WriteLine();
        Console.WriteLine("Load: open, verify and decode, ms; the file is in the page cache. `gzip` and `lz4` verify no content hash. `floor`: read into memory, SHA-256.");
        Console.WriteLine();
        Console.WriteLine("| load | n | ours | gzip | lz4 | floor | gzip / ours | lz4 / ours | ours / floor | ours allocates |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        _loads.ForEach(Console.WriteLine);
        Console.WriteLine();
    }

    private void Measure(Case what)
    {
        var folder = Directory.CreateDirectory(Path.Join(directory, "save"));
        var floor = new Floor(folder.FullName);
        IContender?[] contenders =
        [
            new Ours(Path.Join(folder.FullName, ".metaflow")),
            new CompressedFiles(folder.FullName, new GZip()),
            Lz4Library.IsPresent ? new CompressedFiles(folder.FullName, new Lz4Library()) : null,
            floor,
        ];
        try
        {
            var size = Enumerable.Range(0, what.Count).Sum(index => what.Encode(index).Bytes.Length);
            var rounds = settings.Runs * (size < 1_000_000 ? 10 : size < 10_000_000 ? 3 : 1);
            var (saves, loads) = (Row.Of(contenders.Length), Row.Of(contenders.Length));
            for (var round = -WarmUps; round < rounds; round++)
            {
                what.Change(round + WarmUps);
                floor.Prepare(what);
                for (var index = 0; index < contenders.Length; index++)
                {
                    if (contenders[index] is { } contender)
                    {
                        Time(() => contender.Save(what), saves[index], round);
                        saves[index].Stored = contender.StoredBytes;
                        Time(() => contender.Load(what), loads[index], round);
                        contender.Drop();
                    }
                }
            }

            Console.WriteLine($"| {what.Name} | {rounds} | {Times(saves)} | {Megabytes(saves[0])} | {Megabytes(saves[1])} | {Megabytes(saves[2])} | {Kilobytes(saves[0])} |");
            _loads.Add($"| {what.Name} | {rounds} | {Times(loads)} | {Kilobytes(loads[0])} |");
        }
        finally
        {
            Array.ForEach(contenders, contender => contender?.Dispose());
            folder.Delete(recursive: true);
        }
    }

    private static void Time(Action action, Row row, int round)
    {
        // What the others left must not be collected on this one's account.
        GC.Collect();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        action();
        var elapsed = Stopwatch.GetElapsedTime(started);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        if (round >= 0)
        {
            row.Milliseconds.Add(elapsed.TotalMilliseconds);
            row.Allocated.Add(allocated);
        }
    }

    private static string Times(Row[] rows)
    {
        var ours = rows[0].Milliseconds.Value;
        return string.Join(" | ", rows.Select(row => Text(row, row.Milliseconds.IsEmpty ? 0 : row.Milliseconds.Value, "0.00"))
            .Concat(rows[1..3].Select(row => Text(row, row.Milliseconds.IsEmpty ? 0 : row.Milliseconds.Value / ours, "0.0")))
            .Append((ours / rows[3].Milliseconds.Value).ToString("0.00", null)));
    }

    private static string Megabytes(Row row) => Text(row, row.Stored / 1e6, "0.0000");

    private static string Kilobytes(Row row) => Text(row, row.Milliseconds.IsEmpty ? 0 : row.Allocated.Value / 1e3, "#,0.0") + " KB";

    private static string Text(Row row, double value, string format) => row.Milliseconds.IsEmpty ? "–" : value.ToString(format, null);

    /// <summary>What was measured of one contender.</summary>
    private sealed class Row
    {
        public Median Milliseconds { get; } = new();

        public Median Allocated { get; } = new();

        public long Stored { get; set; }

        public static Row[] Of(int count) => [.. Enumerable.Range(0, count).Select(_ => new Row())];
    }
}
