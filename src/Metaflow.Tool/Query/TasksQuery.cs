using System.Text.Json.Nodes;
using Metaflow.Client;

namespace Metaflow.Tool.Query;

/// <summary>Which tasks there are, in a step, a run, a flow or everywhere.</summary>
internal sealed class TasksQuery : StoreQuery
{
    private const string Running = "running";

    public override string Name => "tasks";

    public override string Description =>
        "List tasks of a step, of a run, of the runs of a flow, or of all runs: how they ended, how long they took, and the exception of those "
        + "that failed. Which tasks failed last night, and why: outcome 'failed', since 'yesterday'.";

    public override IReadOnlyList<QueryArgument> Arguments { get; } =
    [
        Path("What to look in: a step, a run or a flow. Default: all runs.", "FLOW[/RUN[/STEP]]"),
        new("outcome", ArgumentType.Text, "Only tasks that ended so, or that are running.") { Values = [.. RunsQuery.Words<TaskOutcome>(), Running] },
        Since("runs that started"), Until("runs that started"),
        new("tag", ArgumentType.Texts, "Only tasks of runs with this tag. May be repeated.") { ValueName = "tag" },
        new("user", ArgumentType.Text, "Only tasks of runs that this user started.") { ValueName = "name" },
        new("item", ArgumentType.Text, "Only tasks of this foreach item.") { ValueName = "label" },
        new("artifact", ArgumentType.Texts, "Only tasks that left such an artifact: Score>0.9. May be repeated.") { ValueName = "condition" },
        Limit(), After("this task"),
    ];

    public override IReadOnlyList<QueryColumn> Columns { get; } =
    [
        Column("TASK", "path"), Column("OUTCOME", "outcome"), Column("ATTEMPT", "attempt"), Clock("STARTED", "started"), Duration("DURATION", "seconds"),
        new("ITEM AND ERROR", Remark),
    ];

    public override QueryPage Ask(MetaflowClient client, QueryArguments arguments, CancellationToken cancellationToken)
    {
        var parts = arguments.Text("path")?.Trim('/').Split('/') ?? [];
        var after = arguments.Text("after") is { } cursor ? ObjectPath.Parse(cursor, parts: 4) : default(ObjectPath?);
        var runs = parts.Length > 1
            ? [ObjectFinder.Run(client, $"{parts[0]}/{parts[1]}")]
            : Runs(client, parts.Length == 1 ? parts[0] : null, arguments, after);
        if (parts.Length > 3)
        {
            throw new UsageException($"'{arguments.Text("path")}' names no step, run or flow. Write it as FLOW/RUN/STEP, FLOW/RUN or FLOW.");
        }

        var step = parts.Length == 3 ? parts[2] : null;
        var isRunning = arguments.Text("outcome")?.Equals(Running, StringComparison.OrdinalIgnoreCase) == true;
        var tasks = isRunning ? RunningTasks(runs, step, after, arguments) : Ended(runs, step, after, arguments);
        return QueryPage.Of(Cancelling(tasks, cancellationToken), LimitOf(arguments), task => task, task => Text(task["path"]));
    }

    private static IEnumerable<RunReference> Runs(MetaflowClient client, string? flow, QueryArguments arguments, ObjectPath? after)
    {
        var filter = new RunFilter
        {
            StartedFrom = arguments.Point("since"), StartedBefore = arguments.Point("until"), Tags = arguments.All("tag"), User = arguments.Text("user"),
        };
        var first = Enumerable.Empty<RunReference>();
        if (after is { } task)
        {
            // The run that the page before ended in is not done yet.
            var path = $"{task.Flow}/{ObjectPath.Text(task.RunId)}";
            filter = filter with { After = path };
            first = [client.Run(path)];
        }

        return first.Concat(flow is null ? client.Runs(filter) : ObjectFinder.Flow(client, flow).Runs(filter));
    }

    private static IEnumerable<JsonObject> Ended(IEnumerable<RunReference> runs, string? step, ObjectPath? after, QueryArguments arguments)
    {
        var filter = new TaskFilter
        {
            Outcome = arguments.Word<TaskOutcome>("outcome"), Label = arguments.Text("item"), Artifacts = arguments.Conditions("artifact"),
        };
        foreach (var run in runs)
        {
            IEnumerable<StepReference> steps = step is null ? run.Steps : [ObjectFinder.Step(run, step)];
            var isCursor = after is { } place && place.Flow == run.FlowName && place.RunId == run.Stored.Number;
            foreach (var one in isCursor ? steps.SkipWhile(candidate => candidate.Name != after!.Value.Step) : steps)
            {
                // The counts say where nothing can be found.
                if (filter.Outcome is { } outcome && one.Attempts.GetValueOrDefault(outcome) == 0)
                {
                    continue;
                }

                var from = isCursor && one.Name == after!.Value.Step ? filter with { After = ObjectPath.Text(after.Value.TaskId) } : filter;
                foreach (var task in one.Tasks(from))
                {
                    yield return QueryDocuments.Of(task);
                }
            }
        }
    }

    private static IEnumerable<JsonObject> RunningTasks(IEnumerable<RunReference> runs, string? step, ObjectPath? after, QueryArguments arguments)
    {
        foreach (var run in runs)
        {
            var from = after is { } place && place.Flow == run.FlowName && place.RunId == run.Stored.Number ? place.TaskId : 0;
            foreach (var task in run.RunningTasks)
            {
                if ((step is null || task.StepName.Equals(step, StringComparison.OrdinalIgnoreCase))
                    && (arguments.Text("item") is not { } label || task.Label == label)
                    && ObjectPath.Number(task.Id, "task") > from)
                {
                    yield return QueryDocuments.Of(task);
                }
            }
        }
    }

    private static IEnumerable<JsonObject> Cancelling(IEnumerable<JsonObject> tasks, CancellationToken cancellationToken)
    {
        foreach (var task in tasks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return task;
        }
    }

    private static string Remark(JsonObject task)
    {
        var item = task["item"] is { } label ? Text(label) : "";
        return task["error"] is { } error ? $"{item} {Text(error["type"])}: {FirstLine(error["message"])}".Trim() : item;
    }
}
