using Metaflow.Definitions;
using Metaflow.Metadata.Records;
using Metaflow.Runtime;
using StepTally = Metaflow.Client.StepTally;

namespace Metaflow.Cli.Output;

/// <summary>Keeps count of every step of a run.</summary>
internal sealed class LiveBoard
{
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly string _flowName;
    private long _started;
    private TimeSpan? _elapsed;
    private string _status = "starting";

    public LiveBoard(FlowDefinition definition, TimeProvider time)
    {
        _time = time;
        _flowName = definition.Name;
        _started = time.GetTimestamp();
        foreach (var step in definition.Steps)
        {
            IndexOf(step.Name);
        }
    }

    /// <summary>The flow, the run and how long it has taken.</summary>
    public string Title => $"{_flowName} {_status}, {Duration.Format(_elapsed ?? _time.GetElapsedTime(_started))}";

    public void Start(string runId)
    {
        _started = _time.GetTimestamp();
        _status = $"run {runId}";
    }

    public void Finish(RunStatus status)
    {
        _elapsed = _time.GetElapsedTime(_started);
        _status += status switch
        {
            RunStatus.Succeeded => " succeeded",
            RunStatus.Interrupted => " interrupted",
            _ => " failed",
        };
    }

    /// <summary>The position of a step.</summary>
    public int IndexOf(string step)
    {
        if (!_index.TryGetValue(step, out var index))
        {
            index = _index[step] = _entries.Count;
            _entries.Add(new(new(step, _time)));
        }

        return index;
    }

    public void Expect(string step, int count) => _entries[IndexOf(step)].Progress.Expect(count);

    public void AttemptStarted(in TaskAttempt attempt)
    {
        var entry = _entries[IndexOf(attempt.Step)];
        entry.FirstStart ??= _time.GetTimestamp();
        if (attempt.Attempt > 0)
        {
            entry.Progress.Retried();
        }
        else
        {
            entry.Progress.Started(attempt.TaskId);
        }
    }

    public void AttemptFinished(in TaskAttempt attempt, AttemptOutcome outcome)
    {
        var entry = _entries[IndexOf(attempt.Step)];
        entry.Progress.Finished(attempt.TaskId, outcome);
        entry.LastEnd = _time.GetTimestamp();
    }

    /// <summary>The table.</summary>
    public IReadOnlyList<LiveRow> Rows()
    {
        var rows = new List<LiveRow>(_entries.Count);
        for (var i = 0; i < _entries.Count; i++)
        {
            rows.Add(Row(i, _entries[i]));
        }

        return rows;
    }

    private LiveRow Row(int index, Entry entry)
    {
        var step = entry.Progress;
        var tally = new StepTally
        {
            Name = step.Name,
            HasStarted = entry.FirstStart is not null,
            Succeeded = step.Done,
            Failed = step.Failed,
            Retried = step.Retries,
            Running = step.Running,
            Expected = step.Expected > 0 ? step.Expected : null,
            IsOver = _elapsed is not null,
            IsCutShort = _elapsed is not null,
        };
        return LiveRow.Of(index, tally, Elapsed(entry, tally.IsOpen));
    }

    private string Elapsed(Entry entry, bool isOpen) =>
        entry.FirstStart is not { } start ? ""
        : Duration.Format(isOpen && _elapsed is null ? _time.GetElapsedTime(start) : _time.GetElapsedTime(start, entry.LastEnd ?? start));

    private sealed class Entry(StepProgress progress)
    {
        public StepProgress Progress { get; } = progress;

        public long? FirstStart { get; set; }

        public long? LastEnd { get; set; }
    }
}
