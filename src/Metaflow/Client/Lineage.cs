using Metaflow.Metadata;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>Which tasks led to which.</summary>
internal static class Lineage
{
    private const int Page = 100;

    /// <summary>The tasks that led to one.</summary>
    public static IEnumerable<TaskRow> Parents(StoredRun run, TaskRow task)
    {
        var record = run.Record(new(task.Address));
        var attempt = record.ToAttempt();
        var addresses = attempt.Parent.IsNone ? attempt.Inputs(record.Body) : [attempt.Parent];
        foreach (var address in addresses)
        {
            yield return RunIndexSource.ToRow(run.Record(address).ToAttempt(), address);
        }
    }

    /// <summary>The tasks that one led to, as far as they have ended.</summary>
    public static IEnumerable<TaskRow> Children(StoredRun run, TaskRow task)
    {
        var record = run.Record(new(task.Address));
        var attempt = record.ToAttempt();
        if (record.ToTaskData().Next is not { } next)
        {
            yield break;
        }

        foreach (var target in next.Targets)
        {
            // A join is the child of the task whose split it unites; its inputs share it.
            var joined = run.Graph.Find(target) is { IsJoin: true };
            var parent = !joined ? task.TaskId : attempt.Stack is [.., var level] ? level.SplitTask : 0;
            var expected = next.Kind == TransitionKind.ForEach ? next.Count : 1;
            foreach (var row in Find(run, target, parent, expected, task.TaskId))
            {
                yield return row;
            }
        }
    }

    private static IEnumerable<TaskRow> Find(StoredRun run, string step, long parent, int expected, long after)
    {
        while (expected > 0)
        {
            var limit = Math.Min(expected, Page);
            var rows = run.Ask(index => index.Children(run.Flow, run.Number, step, parent, after, limit)
                .Select(id => index.Task(run.Flow, run.Number, id)).OfType<TaskRow>().ToList());
            foreach (var row in rows)
            {
                yield return row;
                after = row.TaskId;
            }

            expected = rows.Count < limit ? 0 : expected - rows.Count;
        }
    }
}
