using Metaflow.Client;
using Metaflow.Dashboard.Views;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Dashboard.Data;

/// <summary>What the page of a task shows.</summary>
internal sealed class TaskDetails(DashboardStore store)
{
    private const int Relatives = 20;

    /// <summary>A task with its attempts and its neighbours.</summary>
    public TaskDetail Detail(string flow, string id, string step, string task)
    {
        var (run, runRow) = store.Run(flow, id);
        var number = ObjectPath.Number(task, "task");
        var running = RunningTasks.Of(run).FirstOrDefault(found => found.Id == task && found.Step == step);
        var attempts = run.Ask(index => index.Attempts(run.Flow, run.Number, number)).Where(attempt => attempt.Step == step).ToList();
        if (attempts.Count == 0 && running is null)
        {
            throw new ObjectNotFoundException($"Step {step} of run {run.PathSpec} has no task {task}.", $"{run.PathSpec}/{step}/{task}");
        }

        // The record of a join with many inputs is large: each is read once.
        var records = attempts.ConvertAll(run.Attempt);
        var items = attempts.Zip(records, Attempt).ToList();
        if (running is not null && attempts.TrueForAll(attempt => attempt.Attempt < running.Attempt))
        {
            items.Add(new() { Number = running.Attempt, Outcome = "running", Started = running.Started });
        }

        TaskRow? last = attempts is [.., var latest] ? latest : null;
        var parents = last is { } known ? Lineage.Parents(run, known).Take(Relatives + 1).ToList() : [];
        var children = last is { } ended && ended.Outcome is 1 or 4 ? Lineage.Children(run, last!.Value).Take(Relatives + 1).ToList() : [];
        var node = run.Graph.Find(step);
        return new()
        {
            Task = items[^1].Outcome == "running" ? Running(running!) : TaskLists.Item(last!.Value, records[^1]),
            Attempts = items,
            ForEach = last is not null ? [.. FlowView.Frames(records[^1].Stack).Select(frame => new ForEachLevel
            {
                Step = frame.Step, Index = frame.Index, Count = frame.Count, Label = frame.Label,
            })] : [],
            Parents = TaskLists.Items(run, parents.Take(Relatives)),
            Children = TaskLists.Items(run, children.Take(Relatives)),
            HasMore = parents.Count > Relatives || children.Count > Relatives,
            Doc = node?.Doc,
            Decorators = node is null ? [] : [.. node.Decorators.Select(decorator => decorator.Text)],
            File = node is { Location.IsKnown: true } ? node.Location.File : null,
            Line = node is { Location.IsKnown: true } ? node.Location.Line : null,
            AdoptedFrom = last is { } adopted && new RecordAddress(adopted.Address).Segment < run.OwnSegment ? runRow.OriginRunId : null,
            Following = Neighbour(run, step, number),
            Previous = PreviousOf(run, step, number),
        };
    }

    private static TaskItem Running(Views.RunningTask task) => new()
    {
        Id = task.Id, Step = task.Step, Attempt = task.Attempt, Outcome = "running", Started = task.Started, Label = task.Label,
    };

    private static AttemptItem Attempt(TaskRow row, AttemptRecord record) => new()
    {
        Number = row.Attempt,
        Outcome = Words.OfOutcome(row.Outcome),
        Started = DashboardStore.Millis(row.StartedMicros),
        Finished = DashboardStore.Millis(row.FinishedMicros),
        ProcessId = record.ProcessId,
        Error = record.Error is { } error ? new() { Type = error.Type, Message = error.Message, StackTrace = error.StackTrace } : null,
    };

    private static string? Neighbour(StoredRun run, string step, long task)
    {
        var query = new TaskQuery { Step = step, After = new(step, task, int.MaxValue), Limit = 1 };
        return run.Client.Index.AsItIs(index => index.Tasks(run.Flow, run.Number, query)) is [var next] ? ObjectPath.Text(next.TaskId) : null;
    }

    /// <summary>The task before, found near by: the index reads forwards only.</summary>
    private static string? PreviousOf(StoredRun run, string step, long task)
    {
        for (var back = 64L; back < StoreIndex.MaximumPage; back *= 8)
        {
            var query = new TaskQuery { Step = step, After = new(step, Math.Max(0, task - back), int.MaxValue), Limit = (int)back + 1 };
            var before = run.Client.Index.AsItIs(index => index.Tasks(run.Flow, run.Number, query)).Where(found => found.TaskId < task).ToList();
            if (before.Count > 0)
            {
                return ObjectPath.Text(before[^1].TaskId);
            }
        }

        return null;
    }
}
