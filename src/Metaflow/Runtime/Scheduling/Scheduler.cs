using System.Globalization;
using Metaflow.Graph;
using Metaflow.Metadata;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.Reuse;
using Metaflow.Runtime.Tasks;
using Metaflow.Storage;

namespace Metaflow.Runtime.Scheduling;

/// <summary>
/// Decides which task runs next and what follows from each result. It knows nothing of processes: slots take tasks from it
/// and bring results back. Its memory grows with the workers and the frontier, not with the tasks.
/// </summary>
internal sealed class Scheduler : IDisposable
{
    private readonly object _gate = new();
    private readonly object _observing = new();
    private readonly RunContext _context;
    private readonly FlowGraph _graph;
    private readonly RunRequest _request;
    private readonly IRunObserver _observer;
    private readonly TimeProvider _time;
    private readonly Frontier _frontier;
    private readonly ResourceGate _resources;
    private readonly Journal _journal;
    private readonly IndexFeeder _index;
    private readonly List<Slot> _idle = [];
    private readonly List<Slot> _slots = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Queue<FinishedAttempt> _adopted = new();

    private ResumePlan? _plan;
    private long _lastTaskId;
    private long _finishedTasks;
    private int _inFlight;
    private string? _failure;
    private int _moreFailures;
    private bool _reachedEnd;
    private bool _stopping;

    // A task has failed for good and the run ends as soon as that is durable: nothing starts meanwhile.
    private bool _failing;
    private bool _closed;

    public Scheduler(
        RunContext context, RunRequest request, SegmentWriter writer, IRunObserver observer, IndexFeeder index, TimeProvider time)
    {
        _index = index;
        _context = context;
        _graph = context.Graph;
        _request = request;
        _observer = observer;
        _time = time;
        _frontier = new(time);
        _resources = new(request.Definition, context.Decorators, request.Room ?? LocalMachine.Room());
        _journal = new(writer, OnCommitted, exception => Abandon(exception.Message));
    }

    /// <summary>Completes when no task runs any more and none will follow.</summary>
    public Task Ended => _ended.Task;

    /// <summary>How many tasks have finished.</summary>
    public long FinishedTasks => Interlocked.Read(ref _finishedTasks);

    /// <summary>Why the run did not succeed; <see langword="null"/> if it did.</summary>
    public string? Failure => _moreFailures == 0 ? _failure
        : $"{_failure}\n{(_moreFailures == 1 ? "Another task" : $"{_moreFailures} more tasks")} failed.";

    /// <summary>Finds tasks that need not run; <see langword="null"/> if all are to run.</summary>
    public ReusePlan? Reuse { get; init; }

    /// <summary>Why the run was ended early, if it was.</summary>
    public StopReason Reason { get; private set; }

    /// <summary>Puts the first task in place, or what follows from the tasks of an earlier run.</summary>
    /// <param name="plan">The earlier run's tasks; <see langword="null"/> to begin from the start.</param>
    /// <returns>Where the records are of the tasks that were taken over.</returns>
    public IReadOnlyList<RecordAddress> Begin(ResumePlan? plan)
    {
        var adopted = new List<RecordAddress>();
        lock (_gate)
        {
            _plan = plan;
            _lastTaskId = plan?.LastTaskId ?? 0;
            Add(new() { Step = _graph.StartStep!.Name });
            while (_adopted.TryDequeue(out var attempt))
            {
                adopted.Add(attempt.Address);
                _finishedTasks++;
                _index.Post(RunIndexSource.ToRow(attempt.ToRecord(), attempt.Address));
                Advance(attempt);
            }

            // What follows from a task that runs now was never part of the earlier run.
            _plan = null;
            EndIfDone();
        }

        return adopted;
    }

    /// <summary>Adds a slot that will take tasks.</summary>
    public void Register(Slot slot)
    {
        lock (_gate)
        {
            _slots.Add(slot);
        }
    }

    /// <summary>Waits for a task; <see langword="null"/> when there will be none.</summary>
    public (FinishedAttempt Attempt, TaskAssignment Assignment)? Take(Slot slot)
    {
        while (true)
        {
            TimeSpan? wait;
            ISkippingClock? skips;
            lock (_gate)
            {
                // A slot that woke up by its own clock is still in the list.
                _idle.Remove(slot);
                if (_closed)
                {
                    return null;
                }

                if (!_stopping && !_failing && Reuse is not { IsFull: true } && _frontier.TryTake(_resources.Fits, out var pending))
                {
                    if (!_frontier.IsEmpty)
                    {
                        WakeIdle();
                    }

                    if (TryReuse(ref pending))
                    {
                        continue;
                    }

                    return Assign(pending!);
                }

                _idle.Add(slot);
                wait = _stopping || _failing || _frontier.NextDue is not { } due ? null : due - _time.GetUtcNow();
                skips = _inFlight == 0 ? _time as ISkippingClock : null;
            }

            if (wait is { } idle && skips is not null)
            {
                skips.Skip(idle);
                continue;
            }

            slot.Wait(wait);
        }
    }

    /// <summary>Tells the observer that an attempt runs.</summary>
    public void Started(FinishedAttempt attempt)
    {
        lock (_observing)
        {
            _observer.AttemptStarted(attempt.Attempt);
        }
    }

    /// <summary>Passes a line of output to the observer.</summary>
    public void Output(FinishedAttempt attempt, LogStream stream, DateTimeOffset time, string line)
    {
        lock (_observing)
        {
            _observer.Output(attempt.Attempt, stream, time, line);
        }
    }

    /// <summary>Passes output to the store.</summary>
    public void Log(FinishedAttempt attempt, LogBlock block) => _journal.Post(attempt, block);

    /// <summary>Takes the result of an attempt; what follows from it happens when it is durable.</summary>
    public void Complete(FinishedAttempt attempt, TaskResult result)
    {
        attempt.Result = result;
        attempt.FinishedMicros = _time.GetUtcNow().ToUnixMicroseconds();
        lock (_gate)
        {
            _resources.Leave(attempt.Task.Step);
            attempt.Next = result.Outcome == AttemptOutcome.Failed && !_stopping ? Retries.FollowUp(_context, attempt) : null;
            attempt.Outcome = attempt.Next is null ? result.Outcome : AttemptOutcome.WillRetry;
            _failing |= attempt.Outcome == AttemptOutcome.Failed && _request.OnFailure == OnFailure.Stop;
        }

        _journal.Post(attempt);
    }

    /// <summary>Ends the run early: nothing new starts, running tasks are cancelled.</summary>
    public void Stop(string failure, StopReason reason)
    {
        List<Slot> slots;
        lock (_gate)
        {
            if (_stopping)
            {
                return;
            }

            _failure ??= failure;
            Reason = reason;
            _stopping = true;
            _frontier.Clear();
            slots = [.. _slots];
            EndIfDone();
        }

        foreach (var slot in slots)
        {
            slot.Cancel();
        }
    }

    /// <summary>
    /// Ends the run without waiting for the results that are on their way: they cannot be stored or followed any more.
    /// </summary>
    public void Abandon(string failure)
    {
        Stop(failure, StopReason.Failure);
        _ended.TrySetResult();
    }

    /// <summary>Lets all slots go and writes what is left.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _idle.ForEach(slot => slot.Wake());
            _idle.Clear();
        }

        _journal.Dispose();
    }

    /// <summary>Records a task that need not run, because one of an earlier run made the same.</summary>
    private bool TryReuse(ref PendingTask? pending)
    {
        if (Reuse is null || pending is null or { TaskId: not 0 })
        {
            return false;
        }

        var attempt = Reuse.TryTake(pending with { TaskId = ++_lastTaskId }, out pending);
        if (attempt is not null)
        {
            _inFlight++;
            _journal.Post(attempt);
        }

        return attempt is not null;
    }

    private (FinishedAttempt, TaskAssignment) Assign(PendingTask pending)
    {
        if (pending.TaskId == 0)
        {
            pending = pending with { TaskId = ++_lastTaskId };
        }

        _inFlight++;
        _resources.Enter(pending.Step);
        var assignment = pending.ToAssignment();
        var attempt = new FinishedAttempt(pending, new(pending.Step, pending.TaskId, pending.Attempt, 0, assignment.Label))
        {
            StartedMicros = _time.GetUtcNow().ToUnixMicroseconds(),
        };
        return (attempt, assignment);
    }

    private void OnCommitted(IReadOnlyList<FinishedAttempt> attempts)
    {
        foreach (var attempt in attempts)
        {
            _index.Post(RunIndexSource.ToRow(attempt.ToRecord(), attempt.Address));
            Reuse?.Committed(attempt);
            string? failure = null;
            lock (_gate)
            {
                _inFlight--;
                if (attempt.Outcome is AttemptOutcome.Succeeded or AttemptOutcome.Caught)
                {
                    _finishedTasks++;
                    failure = _stopping ? null : TryAdvance(attempt);
                }
                else if (!_stopping && attempt.Outcome == AttemptOutcome.WillRetry)
                {
                    _frontier.AddDelayed(attempt.Next!.Value.Task, attempt.Next.Value.Delay);
                }
                else if (!_stopping)
                {
                    failure = $"Step {attempt.Attempt.Step} (task-id {attempt.Attempt.TaskId.ToString(CultureInfo.InvariantCulture)}) failed: "
                        + attempt.Result.Error?.Message;
                    if (_request.OnFailure == OnFailure.Finish)
                    {
                        _moreFailures += _failure is null ? 0 : 1;
                        _failure ??= failure;
                        failure = null;
                    }
                }
            }

            if (attempt.ReusedFrom is null)
            {
                Announce(attempt);
            }

            if (failure is not null)
            {
                Stop(failure, StopReason.Failure);
            }
        }

        lock (_gate)
        {
            if (!_frontier.IsEmpty)
            {
                WakeIdle();
            }

            EndIfDone();
        }
    }

    private void Announce(FinishedAttempt attempt)
    {
        lock (_observing)
        {
            if (attempt.Result.Kind == TransitionKind.ForEach)
            {
                _observer.Split(attempt.Attempt, attempt.Result.Targets[0], attempt.Result.Count);
            }

            _observer.AttemptFinished(attempt.Attempt, attempt.Outcome, attempt.Result.Error?.Message);
        }
    }

    private string? TryAdvance(FinishedAttempt attempt)
    {
        try
        {
            Advance(attempt);
            return null;
        }
        catch (MetaflowException exception)
        {
            return exception.Message;
        }
    }

    private void Advance(FinishedAttempt attempt)
    {
        var result = attempt.Result;
        var step = attempt.Attempt.Step;
        if (result.Kind is not { } kind)
        {
            if (attempt.Task.Frame is not null)
            {
                throw new MetaflowException($"Step {step} ended the flow inside a split that no join has united.");
            }

            _reachedEnd = true;
            return;
        }

        TransitionCheck.Require(_graph, step, kind, result.Targets);

        switch (kind)
        {
            case TransitionKind.Linear:
                Continue(attempt, result.Targets[0], attempt.Task.Frame);
                break;
            case TransitionKind.Split:
                var split = new Split(step, attempt.Attempt.TaskId, attempt.Address, false, result.Targets.Count, attempt.Task.Frame);
                for (var i = 0; i < result.Targets.Count; i++)
                {
                    Continue(attempt, result.Targets[i], new(split, i, result.Targets[i], ""));
                }

                break;
            case TransitionKind.ForEach:
                ForEach(attempt, result.Targets[0], result.Count);
                break;
        }
    }

    private void Continue(FinishedAttempt attempt, string target, Frame? frame)
    {
        if (!_graph.Find(target)!.IsJoin)
        {
            Add(new() { Step = target, Parent = attempt.Address, ParentTask = attempt.Attempt.TaskId, Frame = frame });
            return;
        }

        if (frame is null)
        {
            throw new MetaflowException($"Step {attempt.Attempt.Step} leads to join '{target}', but there is no split to join.");
        }

        if (frame.Split.Arrive(frame.Index, target, attempt.Address))
        {
            Add(new()
            {
                Step = target, ParentTask = frame.Split.TaskId, Frame = frame.Split.Outer, Inputs = frame.Split.Arrived,
            });
        }
    }

    private void ForEach(FinishedAttempt attempt, string target, int count)
    {
        if (count > _request.MaxSplits)
        {
            throw new MetaflowException(
                $"Step {attempt.Attempt.Step}: the foreach yields {count} tasks of '{target}', more than the limit of {_request.MaxSplits}. "
                + $"If that is meant, raise the limit: --max-num-splits {count}.");
        }

        var address = attempt.Address;
        var split = new Split(attempt.Attempt.Step, attempt.Attempt.TaskId, address, true, count, attempt.Task.Frame);
        if (_plan is null)
        {
            _frontier.AddSplit(count, Branch);
            return;
        }

        var missing = new List<int>();
        for (var index = 0; index < count; index++)
        {
            if (_plan.TryAdopt(Branch(index), out var adopted))
            {
                _adopted.Enqueue(adopted);
            }
            else
            {
                missing.Add(index);
            }
        }

        _frontier.AddSplit(missing.Count, next => Branch(missing[next]));

        PendingTask Branch(int index) => new()
        {
            Step = target,
            Parent = address,
            ParentTask = split.TaskId,
            Frame = new(split, index, target, _context.Content.ItemLabel(address, index)),
        };
    }

    private void Add(PendingTask task)
    {
        if (_plan is not null && _plan.TryAdopt(task, out var adopted))
        {
            _adopted.Enqueue(adopted);
        }
        else
        {
            _frontier.Add(task);
        }
    }

    /// <summary>Wakes the slot that became idle last: its process is the warmest.</summary>
    private void WakeIdle()
    {
        if (_idle is [.., var slot])
        {
            _idle.RemoveAt(_idle.Count - 1);
            slot.Wake();
        }
    }

    private void EndIfDone()
    {
        if (_inFlight > 0 || !_frontier.IsEmpty)
        {
            return;
        }

        if (!_stopping && !_reachedEnd && _failure is null)
        {
            _failure = "No task is left to run, but the flow's last step was not reached: a join still waits for a branch.";
        }

        _ended.TrySetResult();
    }
}
