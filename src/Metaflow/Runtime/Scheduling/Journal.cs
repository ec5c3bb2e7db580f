using Metaflow.Metadata.Records;
using Metaflow.Runtime.Logs;
using Metaflow.Runtime.Tasks;
using Metaflow.Storage;

namespace Metaflow.Runtime.Scheduling;

/// <summary>An attempt that has ended and is on its way to the store.</summary>
internal sealed class FinishedAttempt(PendingTask task, TaskAttempt attempt)
{
    public PendingTask Task { get; } = task;

    public TaskAttempt Attempt { get; set; } = attempt;

    /// <summary>Where its log went; written by the journal's thread only.</summary>
    public List<RecordAddress> Logs { get; } = [];

    /// <summary>See <see cref="AttemptRecord.ReusedFrom"/>.</summary>
    public string? ReusedFrom { get; init; }

    /// <summary>The logs of the task that this one was taken over from.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> CopiedLogs { get; init; } = [];

    public TaskResult Result { get; set; } = null!;

    public AttemptOutcome Outcome { get; set; }

    /// <summary>The attempt that follows this one, which has failed, and how long to wait before it; <see langword="null"/> for none.</summary>
    public (PendingTask Task, TimeSpan Delay)? Next { get; set; }

    public long StartedMicros { get; set; }

    public long FinishedMicros { get; set; }

    /// <summary>Where its record is; known once it is durable.</summary>
    public RecordAddress Address { get; set; }

    /// <summary>The record, without what the task left.</summary>
    public AttemptRecord ToRecord() => new()
    {
        TaskId = Attempt.TaskId,
        Step = Attempt.Step,
        Attempt = Attempt.Attempt,
        Outcome = Outcome,
        StartedMicros = StartedMicros,
        FinishedMicros = FinishedMicros,
        ProcessId = Attempt.ProcessId,
        Parent = Task.Parent,
        ParentTask = Task.ParentTask,
        Stack = Task.Frame?.Levels ?? [],
        Logs = Logs,
        Error = Result.Error,
        Why = Task.Why,
        ReusedFrom = ReusedFrom,
        DataLength = Result.Data.Length,
    };
}

/// <summary>
/// Writes what happens in a run to its segments. Entries that arrive while one batch is being made durable form the next
/// batch (group commit). Nothing is announced before it is durable.
/// </summary>
internal sealed class Journal : IDisposable
{
    /// <summary>How much output may wait for a slow disk before those who bring more have to wait.</summary>
    private const long MaximumWaitingLog = 8 << 20;

    private readonly SegmentWriter _writer;
    private readonly Action<IReadOnlyList<FinishedAttempt>> _committed;
    private readonly Action<Exception> _failed;
    private readonly Thread _thread;
    private readonly object _gate = new();

    private List<(FinishedAttempt Attempt, LogBlock? Log)> _waiting = [];
    private long _waitingLogBytes;
    private bool _closed;

    /// <param name="writer">The run's segments.</param>
    /// <param name="committed">Hears of attempts that have become durable, in order, on the journal's thread.</param>
    /// <param name="failed">Hears that nothing more can be written; called once.</param>
    public Journal(SegmentWriter writer, Action<IReadOnlyList<FinishedAttempt>> committed, Action<Exception> failed)
    {
        _writer = writer;
        _committed = committed;
        _failed = failed;
        _thread = new(Work) { IsBackground = true, Name = "metaflow journal" };
        _thread.Start();
    }

    /// <summary>Hands over some output of an attempt that still runs; waits while the disk is behind.</summary>
    public void Post(FinishedAttempt attempt, LogBlock log)
    {
        lock (_gate)
        {
            while (_waitingLogBytes > MaximumWaitingLog && !_closed)
            {
                Monitor.Wait(_gate);
            }

            _waitingLogBytes += log.Length;
            Enqueue((attempt, log));
        }
    }

    /// <summary>Hands over an attempt that has ended.</summary>
    public void Post(FinishedAttempt attempt) => Enqueue((attempt, null));

    /// <summary>Writes what is waiting and stops.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join();
    }

    private void Enqueue((FinishedAttempt, LogBlock?) entry)
    {
        lock (_gate)
        {
            _waiting.Add(entry);
            Monitor.PulseAll(_gate);
        }
    }

    private void Work()
    {
        var batch = new List<(FinishedAttempt Attempt, LogBlock? Log)>();
        var finished = new List<FinishedAttempt>();
        try
        {
            while (TakeBatch(ref batch))
            {
                finished.Clear();
                foreach (var (attempt, log) in batch)
                {
                    if (log is not null)
                    {
                        attempt.Logs.Add(_writer.Append(
                            RecordKind.Log, LogBlock.Header(new(attempt.Attempt.TaskId, attempt.Attempt.Attempt, attempt.Attempt.Step)), log.Bytes));
                    }
                    else
                    {
                        Append(attempt);
                        finished.Add(attempt);
                    }
                }

                _writer.Commit();
                batch.Clear();
                _committed(finished);
            }
        }
        catch (Exception exception)
        {
            lock (_gate)
            {
                // Nobody must wait for what is never written.
                _closed = true;
                Monitor.PulseAll(_gate);
            }

            _failed(exception);
        }
    }

    private bool TakeBatch(ref List<(FinishedAttempt Attempt, LogBlock? Log)> batch)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_closed)
            {
                Monitor.Wait(_gate);
            }

            (batch, _waiting) = (_waiting, batch);
            _waitingLogBytes = 0;
            Monitor.PulseAll(_gate);
            return batch.Count > 0;
        }
    }

    private void Append(FinishedAttempt attempt)
    {
        var result = attempt.Result;
        var inputs = attempt.Task.Inputs;
        foreach (var log in attempt.CopiedLogs)
        {
            attempt.Logs.Add(_writer.Append(RecordKind.Log, LogBlock.Header(new(attempt.Attempt.TaskId, attempt.Attempt.Attempt, attempt.Attempt.Step)), log.Span));
        }

        var header = attempt.ToRecord().Write();
        attempt.Address = inputs.Count == 0
            ? _writer.Append(RecordKind.Attempt, header, result.Data.Span)
            : _writer.Append(RecordKind.Attempt, header, AttemptRecord.BodyWithInputs(result.Data.Span, inputs));
    }
}
