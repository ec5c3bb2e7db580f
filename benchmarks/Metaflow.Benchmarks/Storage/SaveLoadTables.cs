using System.Diagnostics;

namespace Metaflow.Benchmarks.Storage;

/// <summary>Saving and loading whole artifacts, beside gzip, LZ4 and the least that has to be done.</summary>
internal sealed class SaveLoadTables(Settings settings, string directory)
{
    private readonly List<string> _loads = [];

    public void Run()
    {
        Console.WriteLine("Save: encode and store durably, ms; the least of n, in three turns. `gzip`: the same encoding, SHA-1, gzip level 3, file, fsync. `lz4`: likewise with an LZ4 frame of liblz4. `floor`: SHA-256 of the encoded bytes, write, fsync. `reference`, `reference, lz4`: the checkouts' own, which do not sync; in brackets with fsync.");
        Console.WriteLine();
        Console.WriteLine("| save | n | ours | gzip | lz4 | floor | reference | reference, lz4 | gzip / ours | lz4 / ours | reference / ours | reference, lz4 / ours | ours / floor | ours MB | gzip MB | lz4 MB | ours allocates |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var create in Case.All(settings.LargestMegabytes))
        {
            var what = create();
            if (what.Name.Contains(settings.Case, StringComparison.Ordinal))
            {
                Measure(what);
            }
        }

        Console.WriteLine();
        Console.WriteLine("Load: open, verify and decode, ms; the least of n; the file is in the page cache. `gzip`, `lz4` and the reference verify no content hash. `floor`: read into memory, SHA-256.");
        Console.WriteLine();
        Console.WriteLine("| load | n | ours | gzip | lz4 | floor | reference | reference, lz4 | gzip / ours | lz4 / ours | reference / ours | reference, lz4 / ours | ours / floor | ours GB/s | ours allocates |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
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
            var rounds = settings.Runs * (size < 100_000 ? 40 : size < 1_000_000 ? 20 : size < 10_000_000 ? 6 : 1);
            var (saves, loads) = (Row.Of(contenders.Length), Row.Of(contenders.Length));
            // Small ones take so little time that what they call is only compiled for speed after some hundred of them.
            var warmUps = size < 1_000_000 ? 400 : size < 10_000_000 ? 5 : 1;
            var next = 0;
            foreach (var (index, block) in Blocks(contenders.Length, rounds, warmUps))
            {
                if (contenders[index] is not { } contender || block.Count == 0)
                {
                    continue;
                }

                // First all saves, then all loads: a file that was looked at is synced more slowly.
                for (var round = 0; round < block.Count; round++)
                {
                    contender.Drop();
                    what.Change(next++);
                    (contender as Floor)?.Prepare(what);
                    Time(() => contender.Save(what), saves[index], block.IsMeasured);
                }

                saves[index].Stored = contender.StoredBytes;
                for (var round = 0; round < block.Count; round++)
                {
                    Time(() => contender.Load(what), loads[index], block.IsMeasured);
                }

                contender.Drop();
            }

            var peers = new[] { settings.Peer, settings.Lz4Peer }
                .Select((checkout, index) => checkout is null
                    ? null
                    : new Reference(checkout).Measure(
                        what.Name, folder.CreateSubdirectory($"reference{index}").FullName, Math.Min(rounds, size < 100_000 ? 100 : size < 10_000_000 ? 20 : 3)))
                .ToList();
            Console.WriteLine($"| {what.Name} | {rounds} | {Times(saves, [.. peers.Select(peer => peer?.Save)], [.. peers.Select(peer => peer?.SyncedSave)])} | {Megabytes(saves[0])} | {Megabytes(saves[1])} | {Megabytes(saves[2])} | {Kilobytes(saves[0])} |");
            _loads.Add($"| {what.Name} | {rounds} | {Times(loads, [.. peers.Select(peer => peer?.Load)], [])} | {size / loads[0].Milliseconds.Least / 1e6:0.0} | {Kilobytes(loads[0])} |");
        }
        finally
        {
            Array.ForEach(contenders, contender => contender?.Dispose());
            folder.Delete(recursive: true);
        }
    }

    /// <summary>
    /// What is done one after another: each contender in turn, some rounds at a time, because what one leaves to be written
    /// slows the next one's syncs.
    /// </summary>
    private static IEnumerable<(int Contender, (int Count, bool IsMeasured) Block)> Blocks(int contenders, int rounds, int warmUps)
    {
        const int Turns = 3;
        for (var turn = -1; turn < Turns; turn++)
        {
            for (var contender = 0; contender < contenders; contender++)
            {
                var count = turn < 0 ? 0 : (rounds * (turn + 1) / Turns) - (rounds * turn / Turns);
                if (turn < 0 || count > 0)
                {
                    yield return (contender, (turn < 0 ? warmUps : 1, false));
                }

                yield return (contender, (count, true));
            }
        }
    }

    private static void Time(Action action, Row row, bool isMeasured)
    {
        // What the others left must not be collected on this one's account.
        GC.Collect();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        action();
        var elapsed = Stopwatch.GetElapsedTime(started);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        if (isMeasured)
        {
            row.Milliseconds.Add(elapsed.TotalMilliseconds);
            row.Allocated.Add(allocated);
        }
    }

    private static string Times(Row[] rows, double?[] peers, double?[] synced)
    {
        var ours = rows[0].Milliseconds.Least;
        return string.Join(" | ", rows.Select(row => Text(row, row.Milliseconds.IsEmpty ? 0 : row.Milliseconds.Least, "0.00"))
            .Concat(peers.Select((peer, index) => Text(peer, "0.00") + (index < synced.Length && synced[index] is { } more ? $" ({more:0.00})" : "")))
            .Concat(rows[1..3].Select(row => Text(row, row.Milliseconds.IsEmpty ? 0 : row.Milliseconds.Least / ours, "0.0")))
            .Concat(peers.Select(peer => Text(peer / ours, "0.0")))
            .Append((ours / rows[3].Milliseconds.Least).ToString("0.00", null)));
    }

    private static string Text(double? value, string format) => value?.ToString(format, null) ?? "–";

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
