using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Client;
using Metaflow.Dashboard.Views;
using Metaflow.Graph;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;

namespace Metaflow.Dashboard.Data;

/// <summary>What the page of a run shows.</summary>
internal sealed class RunDetails(DashboardStore store, RunLists lists)
{
    /// <summary>A run with its graph and its progress.</summary>
    public RunDetail Detail(string flow, string id)
    {
        var (run, row) = store.Run(flow, id);
        var started = run.Started;
        var reference = store.Client.FindRun(run.Flow, run.Number);
        var names = started.ParameterNames.ToHashSet(StringComparer.Ordinal);
        return new()
        {
            Run = lists.Item(row, withParameters: false),
            Failure = reference.Failure,
            CommandLine = started.CommandLine,
            With = started.With,
            Namespace = started.Namespace,
            Parameters = [.. run.Constants.Where(value => names.Contains(value.Name)).Select(value => ArtifactPreviews.Item(run, value))],
            Graph = Graph(run.Graph),
            Progress = Progress(run, row),
            Facts = Facts(run, row),
        };
    }

    /// <summary>How far a run is.</summary>
    public Views.RunProgress Progress(string flow, string id)
    {
        var (run, row) = store.Run(flow, id);
        return Progress(run, row);
    }

    private Views.RunProgress Progress(StoredRun run, RunRow row)
    {
        var progress = store.Progress.Read(run, row);
        return new()
        {
            Status = progress.Status,
            Finished = progress.Finished is { } finished ? DashboardStore.Millis(finished.ToUnixMicroseconds()) : null,
            Tags = progress.Tags,
            Steps = [.. progress.Steps.Select(Step)],
            Running = [.. progress.Running.Select(RunningTasks.Of)],
        };
    }

    private static StepProgress Step(StepTally step) => new()
    {
        Name = step.Name,
        State = Words.OfState(step.State),
        Tasks = step.Ended,
        Succeeded = step.Succeeded,
        Failed = step.Failed,
        Caught = step.Caught,
        Retried = step.Retried,
        Running = step.Running,
        Expected = step.Expected,
        FirstStarted = step.FirstStartedMicros is { } started ? DashboardStore.Millis(started) : null,
        LastFinished = step.LastFinishedMicros is { } finished ? DashboardStore.Millis(finished) : null,
    };

    private static GraphView Graph(FlowGraph graph) => new()
    {
        Doc = graph.Doc,
        Nodes = [.. graph.InOrder.Select(step => new GraphNode
        {
            Name = step.Name,
            Kind = GraphWords.Of(step.Kind),
            Doc = step.Doc,
            Decorators = [.. step.Decorators.Select(decorator => decorator.Text)],

            // A join closes the innermost split.
            SplitParents = step.IsJoin ? [.. graph.SplitParents(step.Name).SkipLast(1)] : graph.SplitParents(step.Name),
            File = step.Location.IsKnown ? step.Location.File : null,
            Line = step.Location.IsKnown ? step.Location.Line : null,
        })],
        Edges = [.. graph.InOrder.SelectMany(step => step.Routes.SelectMany(route => route.Targets.Select(target => new GraphEdge
        {
            From = step.Name,
            To = target,
            Kind = step.IsSwitch && route.Kind == TransitionShape.Linear ? "choice" : GraphWords.Of(route.Kind),
            ItemType = route.ItemType,
        })))],
    };

    private static Dictionary<string, string> Facts(StoredRun run, RunRow row)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        Add("Flow class", run.Graph.TypeName);
        Add("Source", run.Graph.Location.IsKnown ? string.Create(CultureInfo.InvariantCulture, $"{run.Graph.Location.File}:{run.Graph.Location.Line}") : null);
        Add("Command line", string.Join(' ', run.Started.CommandLine));
        Add("Decorators from the command line", string.Join(", ", run.Started.With));
        Add("Namespace", run.Started.Namespace);
        Add("Resumes", row.OriginRunId is { } origin ? $"{run.Flow}/{origin}" : null);
        Add("Executed by", row.Status == IndexStatus.Running ? run.Executor : null);
        return facts;

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                facts[name] = value;
            }
        }
    }
}
