using Metaflow.Client;
using Metaflow.Dashboard.Views;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Dashboard.Data;

/// <summary>Pages of what attempts printed. The lines of the few logs that were read last are counted once.</summary>
internal sealed class LogPages(DashboardStore store)
{
    /// <summary>A longer line is cut; the download has it whole.</summary>
    private const int LongestLine = 20_000;

    private const int MostMatches = 5_000;
    private const int KeptLogs = 32;

    private readonly Lock _gate = new();
    private readonly LinkedList<(LogKey Key, LogBlocks Blocks)> _kept = new();

    /// <summary>A page of an attempt's log.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="from">The first line; negative counts from the end.</param>
    /// <param name="limit">The most lines.</param>
    public LogPage Page(LogKey key, int from, int limit)
    {
        var (run, blocks) = Blocks(key);
        var first = Math.Clamp(from < 0 ? blocks.Total + from : from, 0, blocks.Total);
        return new()
        {
            From = first,
            Total = blocks.Total,
            IsComplete = blocks.IsComplete,
            Lines = [.. blocks.Lines(run, first).Take(limit).Select(View)],
        };
    }

    /// <summary>The lines that contain a text.</summary>
    public LogMatches Find(LogKey key, string text)
    {
        var (run, blocks) = Blocks(key);
        var found = blocks.Lines(run, 0).Index().Where(line => line.Item.Text.Contains(text, StringComparison.OrdinalIgnoreCase))
            .Select(line => line.Index).Take(MostMatches + 1).ToList();
        return new() { Lines = [.. found.Take(MostMatches)], HasMore = found.Count > MostMatches };
    }

    /// <summary>All lines, whole.</summary>
    public IEnumerable<LogLine> All(LogKey key)
    {
        var (run, blocks) = Blocks(key);
        return blocks.Lines(run, 0);
    }

    private static LogLineView View(LogLine line) => new()
    {
        Time = DashboardStore.Millis(line.Time.ToUnixMicroseconds()),
        IsError = line.Stream == LogStream.Error,
        Text = line.Text.Length <= LongestLine ? line.Text : $"{line.Text[..LongestLine]}… [{line.Text.Length - LongestLine:N0} more characters]",
    };

    private (StoredRun Run, LogBlocks Blocks) Blocks(LogKey key)
    {
        var (run, _) = store.Run(key.Flow, key.RunId);
        lock (_gate)
        {
            for (var node = _kept.First; node is not null; node = node.Next)
            {
                if (node.Value.Key == key && node.Value.Blocks.IsComplete)
                {
                    _kept.Remove(node);
                    _kept.AddFirst(node);
                    return (run, node.Value.Blocks);
                }
            }
        }

        var read = Read(run, key);
        lock (_gate)
        {
            if (read.IsComplete)
            {
                _kept.AddFirst((key, read));
            }

            if (_kept.Count > KeptLogs)
            {
                _kept.RemoveLast();
            }
        }

        return (run, read);
    }

    private static LogBlocks Read(StoredRun run, LogKey key)
    {
        var number = ObjectPath.Number(key.TaskId, "task");
        if (Ended(run, key, number) is { } ended)
        {
            return LogBlocks.Read(run, ended, key.Stream);
        }

        if (RunningTasks.Find(run, key.Step, number, key.Attempt) is { } running)
        {
            return LogBlocks.Open(RunningTasks.Log(run, running), key.Stream);
        }

        // It may have ended between the two looks.
        return Ended(run, key, number) is { } now ? LogBlocks.Read(run, now, key.Stream) : throw new ObjectNotFoundException(
            $"Task {run.PathSpec}/{key.Step}/{key.TaskId} has no attempt {key.Attempt}.", $"{run.PathSpec}/{key.Step}/{key.TaskId}");
    }

    private static IReadOnlyList<RecordAddress>? Ended(StoredRun run, LogKey key, long task)
    {
        var rows = run.Ask(index => index.Attempts(run.Flow, run.Number, task)).Where(row => row.Step == key.Step && row.Attempt == key.Attempt).ToList();
        return rows.Count == 0 ? null : run.Attempt(rows[0]).Logs;
    }
}

/// <summary>Names a log.</summary>
/// <param name="Flow">The flow.</param>
/// <param name="RunId">The run.</param>
/// <param name="Step">The step.</param>
/// <param name="TaskId">The task.</param>
/// <param name="Attempt">The attempt, zero-based.</param>
/// <param name="Stream">One of the streams; both if <see langword="null"/>.</param>
internal readonly record struct LogKey(string Flow, string RunId, string Step, string TaskId, int Attempt, LogStream? Stream);

/// <summary>Where the lines of a log are; those of an attempt that goes on are at hand.</summary>
internal sealed class LogBlocks
{
    private readonly List<(RecordAddress Address, int FirstLine)> _blocks = [];
    private readonly IReadOnlyList<LogLine>? _open;
    private readonly LogStream? _stream;

    private LogBlocks(LogStream? stream, IReadOnlyList<LogLine>? open = null)
    {
        _stream = stream;
        _open = open;
        Total = open?.Count ?? 0;
    }

    /// <summary>How many lines there are.</summary>
    public int Total { get; private set; }

    /// <summary>Whether nothing can be added any more.</summary>
    public bool IsComplete => _open is null;

    /// <summary>Counts the lines of a log.</summary>
    public static LogBlocks Read(StoredRun run, IReadOnlyList<RecordAddress> addresses, LogStream? stream)
    {
        var blocks = new LogBlocks(stream);
        foreach (var address in addresses)
        {
            blocks._blocks.Add((address, blocks.Total));
            blocks.Total += run.Record(address).ToLogLines().Count(blocks.IsWanted);
        }

        return blocks;
    }

    /// <summary>The log of an attempt that goes on, as far as it is there.</summary>
    public static LogBlocks Open(IReadOnlyList<LogLine> lines, LogStream? stream) =>
        new(stream, [.. lines.Where(line => stream is null || line.Stream == stream)]);

    /// <summary>The lines from one on.</summary>
    public IEnumerable<LogLine> Lines(StoredRun run, int from) => _open?.Skip(from) ?? StoredLines(run, from);

    private IEnumerable<LogLine> StoredLines(StoredRun run, int from)
    {
        for (var at = Math.Max(0, _blocks.FindLastIndex(block => block.FirstLine <= from)); at < _blocks.Count; at++)
        {
            var skip = Math.Max(0, from - _blocks[at].FirstLine);
            foreach (var line in run.Record(_blocks[at].Address).ToLogLines().Where(IsWanted).Skip(skip))
            {
                yield return line;
            }
        }
    }

    private bool IsWanted(LogLine line) => _stream is null || line.Stream == _stream;
}
