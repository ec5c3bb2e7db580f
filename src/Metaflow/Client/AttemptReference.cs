using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>An attempt of a task that has ended.</summary>
public sealed class AttemptReference
{
    private readonly StoredRun _run;
    private readonly TaskRow _row;
    private readonly Lazy<AttemptRecord> _record;

    internal AttemptReference(StoredRun run, TaskRow row)
    {
        _run = run;
        _row = row;
        _record = new(() => run.Attempt(row));
    }

    /// <summary>0 for the first attempt, 1 for the first retry.</summary>
    public int Number => _row.Attempt;

    /// <summary>How it ended.</summary>
    public TaskOutcome Outcome => (TaskOutcome)_row.Outcome;

    /// <summary>When it started, in UTC.</summary>
    public DateTimeOffset Started => UnixTime.FromMicroseconds(_row.StartedMicros);

    /// <summary>When it ended, in UTC.</summary>
    public DateTimeOffset Finished => UnixTime.FromMicroseconds(_row.FinishedMicros);

    /// <summary>The id of the process that executed it.</summary>
    public int ProcessId => Record.ProcessId;

    /// <summary>Why it failed; <see langword="null"/> if it did not.</summary>
    public CaughtException? Exception => Record.Error;

    /// <summary>What it printed, line by line in the order in which it was printed, loaded piece by piece.</summary>
    /// <exception cref="CorruptDataException">The log is damaged.</exception>
    public IEnumerable<TaskLogLine> Logs()
    {
        foreach (var address in Record.Logs)
        {
            foreach (var line in _run.Record(address).ToLogLines())
            {
                yield return new(line.Time, line.Stream == LogStream.Error, line.Text);
            }
        }
    }

    /// <summary>The cards that it left, in the order in which the step declares them.</summary>
    /// <exception cref="CorruptDataException">The attempt's record is damaged.</exception>
    public IReadOnlyList<CardReference> Cards => CardReference.OfAttempt(
        _run, $"{_run.PathSpec}/{_row.Step}/{ObjectPath.Text(_row.TaskId)}", _row.TaskId, Number, new(_row.Address));

    /// <summary>The number and the outcome.</summary>
    public override string ToString() => $"attempt {Number} ({Outcome})";

    internal AttemptRecord Record => _record.Value;
}
