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

        var read = LogBlocks.Read(run, Addresses(run, key, out var isComplete), isComplete, key.Stream);
        lock (_gate)
        {
            if (isComplete)
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

    private static IReadOnlyList<RecordAddress> Addresses(StoredRun run, LogKey key, out bool isComplete)
    {
        var number = ObjectPath.Number(key.TaskId, "task");
        var ended = run.Ask(index => index.Attempts(run.Flow, run.Number, number))
            .Where(row => row.Step == key.Step && row.Attempt == key.Attempt).ToList();
        isComplete = ended.Count > 0;
        if (isComplete)
        {
            return run.Attempt(ended[0]).Logs;
        }

        return RunningTasks.LogsOf(run, key.Step, number, key.Attempt)
            ?? throw new ObjectNotFoundException(
                $"Task {run.PathSpec}/{key.Step}/{key.TaskId} has no attempt {key.Attempt}.", $"{run.PathSpec}/{key.Step}/{key.TaskId}");
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

/// <summary>Where the lines of a log are.</summary>
internal sealed class LogBlocks
{
    private readonly List<(RecordAddress Address, int FirstLine)> _blocks = [];
    private readonly LogStream? _stream;

    private LogBlocks(LogStream? stream, bool isComplete)
    {
        _stream = stream;
        IsComplete = isComplete;
    }

    /// <summary>How many lines there are.</summary>
    public int Total { get; private set; }

    public bool IsComplete { get; }

    /// <summary>Counts the lines of a log.</summary>
    public static LogBlocks Read(StoredRun run, IReadOnlyList<RecordAddress> addresses, bool isComplete, LogStream? stream)
    {
        var blocks = new LogBlocks(stream, isComplete);
        foreach (var address in addresses)
        {
            blocks._blocks.Add((address, blocks.Total));
            blocks.Total += run.Record(address).ToLogLines().Count(blocks.IsWanted);
        }

        return blocks;
    }

    /// <summary>The lines from one on.</summary>
    public IEnumerable<LogLine> Lines(StoredRun run, int from)
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
