using System.Text.Json.Nodes;
using Metaflow.Client;

namespace Metaflow.Tool.Query;

/// <summary>Which steps a run has reached.</summary>
internal sealed class StepsQuery : StoreQuery
{
    public override string Name => "steps";

    public override string Description => "List the steps that a run has reached, in their order, with how many of their tasks run, succeeded and failed.";

    public override IReadOnlyList<QueryArgument> Arguments { get; } =
        [Path("The run: GenreFlow/3, GenreFlow/latest.", "FLOW/RUN", isRequired: true), Limit(), After("this step")];

    public override IReadOnlyList<QueryColumn> Columns { get; } =
    [
        Column("STEP", "step"), Column("TASKS", "tasks"), Column("RUNNING", "running"), Column("SUCCEEDED", "succeeded"), Column("FAILED", "failed"),
        Column("CAUGHT", "caught"), Column("RETRIES", "retries"), Clock("STARTED", "started"), Clock("FINISHED", "finished"),
    ];

    public override QueryPage Ask(MetaflowClient client, QueryArguments arguments, CancellationToken cancellationToken)
    {
        var run = ObjectFinder.Run(client, arguments.Required("path"));
        var running = run.RunningTasks.GroupBy(task => task.StepName).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        var steps = run.Steps.Select(step => QueryDocuments.Of(step, running.GetValueOrDefault(step.Name))).ToList();
        var reached = run.Steps.Select(step => step.Name).ToHashSet(StringComparer.Ordinal);
        steps.AddRange(running.Where(step => !reached.Contains(step.Key)).Select(step => QueryDocuments.OfRunningStep(run, step.Key, step.Value)));
        var rest = arguments.Text("after") is { } after ? steps.SkipWhile(step => Text(step["step"]) != after).Skip(1) : steps;
        return QueryPage.Of(rest, LimitOf(arguments), step => step, step => Text(step["step"]));
    }
}
