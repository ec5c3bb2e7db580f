using Metaflow.Graph;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Runtime.Scheduling;

/// <summary>
/// The successful tasks of an earlier run, found by their place in the flow. A task is taken over only when all before it
/// were, so the scheduler walks the flow from its start and asks for each task that it would otherwise run.
/// </summary>
internal sealed class ResumePlan
{
    private readonly Dictionary<Place, AdoptedTask> _tasks = [];
    private readonly FlowGraph _graph;
    private readonly string? _redo;

    private ResumePlan(FlowGraph graph, string? redo)
    {
        _graph = graph;
        _redo = redo;
    }

    /// <summary>The highest task id of the earlier run.</summary>
    public long LastTaskId { get; private set; }

    /// <summary>Why some successful tasks are run again: the graph has changed.</summary>
    public SortedSet<string> Changes { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads the attempts of the earlier run.</summary>
    /// <param name="origin">The run.</param>
    /// <param name="graph">The flow as it is now.</param>
    /// <param name="redo">The step from which on nothing is taken over.</param>
    public static ResumePlan Read(RunFolder origin, FlowGraph graph, string? redo)
    {
        var plan = new ResumePlan(graph, redo);
        using var reader = origin.OpenReader();
        foreach (var record in RunRecordReader.Read(origin, reader))
        {
            if (record.Kind == RecordKind.Attempt)
            {
                plan.Add(record.ToAttempt(), record);
            }
        }

        return plan;
    }

    /// <summary>Gives the finished task at the place of a pending one, if it can be taken over.</summary>
    public bool TryAdopt(PendingTask pending, out FinishedAttempt attempt)
    {
        attempt = null!;
        if (pending.Step == _redo || !_tasks.TryGetValue(Place.Of(pending), out var task))
        {
            return false;
        }

        if (task.Targets.FirstOrDefault(target => _graph.Find(target) is null) is { } gone)
        {
            Changes.Add($"Step {pending.Step} led to '{gone}', which the flow does not have any more; it is run again.");
            return false;
        }

        if (!TransitionCheck.Shows(_graph, pending.Step, task.Kind, task.Targets))
        {
            Changes.Add(
                $"Step {pending.Step} {(task.Targets.Count == 0 ? "was the last one" : $"led to {string.Join(", ", task.Targets)}")}, "
                + "which is not so in the flow as it is now; it is run again.");
            return false;
        }

        attempt = new(
            pending with { TaskId = task.TaskId, Attempt = task.Attempt },
            new(pending.Step, task.TaskId, task.Attempt, task.ProcessId, null))
        {
            Address = task.Address,
            Outcome = task.Outcome,
            StartedMicros = task.StartedMicros,
            FinishedMicros = task.FinishedMicros,
            Result = new() { Outcome = task.Outcome, Kind = task.Kind, Targets = task.Targets, Count = task.Count },
        };
        return true;
    }

    private void Add(AttemptRecord attempt, in StoredRecord record)
    {
        LastTaskId = Math.Max(LastTaskId, attempt.TaskId);
        if (attempt.Outcome is not (AttemptOutcome.Succeeded or AttemptOutcome.Caught) || _graph.Find(attempt.Step) is null)
        {
            return;
        }

        var next = record.ToTaskData().Next;
        _tasks[Place.Of(attempt)] = new(
            attempt.TaskId, attempt.Attempt, attempt.ProcessId, attempt.Outcome, attempt.StartedMicros, attempt.FinishedMicros,
            record.Address, next?.Kind, next?.Targets ?? [], next?.Count ?? 0);
    }

    /// <summary>Which task of a flow: the step, the task that led to it, and its item if that task split by foreach.</summary>
    private readonly record struct Place(string Step, long ParentTask, int Index)
    {
        public static Place Of(PendingTask task) => new(
            task.Step,
            task.ParentTask,
            task.Frame is { Split.IsForEach: true } frame && frame.Split.TaskId == task.ParentTask ? frame.Index : -1);

        public static Place Of(AttemptRecord attempt) => new(
            attempt.Step,
            attempt.ParentTask,
            attempt.Stack is [.., { IsForEach: true } level] && level.SplitTask == attempt.ParentTask ? level.Index : -1);
    }

    private sealed record AdoptedTask(
        long TaskId, int Attempt, int ProcessId, AttemptOutcome Outcome, long StartedMicros, long FinishedMicros,
        RecordAddress Address, TransitionKind? Kind, IReadOnlyList<string> Targets, int Count);
}
