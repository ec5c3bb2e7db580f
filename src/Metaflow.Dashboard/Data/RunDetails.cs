using System.Collections.Concurrent;
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
    private const int KeptExpectations = 10_000;

    private readonly ConcurrentDictionary<(string Flow, long Run, string Step), long?> _expected = new();

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
    public RunProgress Progress(string flow, string id)
    {
        var (run, row) = store.Run(flow, id);
        return Progress(run, row);
    }

    private RunProgress Progress(StoredRun run, RunRow row)
    {
        var status = store.Status(row);
        var running = status == IndexStatus.Running ? RunningTasks.Of(run) : [];
        var summaries = run.Ask(index => index.Steps(run.Flow, run.Number)).ToDictionary(step => step.Name, StringComparer.Ordinal);
        var names = run.Graph.InOrder.Select(step => step.Name).Concat(summaries.Keys).Distinct(StringComparer.Ordinal);
        return new()
        {
            Status = status,
            Finished = row.Finished is { } finished ? DashboardStore.Millis(finished.ToUnixMicroseconds()) : null,
            Steps = [.. names.Select(name => Step(run, name, summaries.GetValueOrDefault(name), running, status))],
            Running = running,
        };
    }

    private StepProgress Step(
        StoredRun run, string name, StepSummary? summary, IReadOnlyList<Views.RunningTask> running, string status)
    {
        var executing = running.Count(task => task.Step == name);
        if (summary is null)
        {
            return new()
            {
                Name = name, State = executing > 0 ? "running" : "pending", Tasks = 0, Succeeded = 0, Failed = 0, Caught = 0, Retried = 0, Running = executing,
            };
        }

        var succeeded = Count(AttemptOutcome.Succeeded);
        var failed = Count(AttemptOutcome.Failed);
        var caught = Count(AttemptOutcome.Caught);
        var tasks = succeeded + failed + caught;
        var expected = Expected(run, name);
        var isGoingOn = status == IndexStatus.Running && (executing > 0 || (expected is { } all && tasks < all));
        return new()
        {
            Name = name,
            State = failed > 0 ? "failed" : isGoingOn ? "running" : tasks == 0 ? "pending" : caught > 0 ? "caught" : "succeeded",
            Tasks = tasks,
            Succeeded = succeeded,
            Failed = failed,
            Caught = caught,
            Retried = Count(AttemptOutcome.WillRetry),
            Running = executing,
            Expected = expected,
            FirstStarted = DashboardStore.Millis(summary.FirstStartedMicros),
            LastFinished = DashboardStore.Millis(summary.LastFinishedMicros),
        };

        long Count(AttemptOutcome outcome) => summary.Outcomes.GetValueOrDefault((byte)outcome);
    }

    /// <summary>How many tasks a step has in the end, as its first task tells: known outside a foreach and inside a single one.</summary>
    private long? Expected(StoredRun run, string step)
    {
        if (_expected.Count > KeptExpectations)
        {
            _expected.Clear();
        }

        return _expected.GetOrAdd((run.Flow, run.Number, step), key => ReadExpected(run, key.Step));
    }

    private static long? ReadExpected(StoredRun run, string step)
    {
        var first = run.Client.Index.AsItIs(index => index.Tasks(run.Flow, run.Number, new() { Step = step, Limit = 1 }));
        if (first is not [var row, ..] || run.Graph.Find(step) is null)
        {
            return null;
        }

        var levels = run.Attempt(row).Stack.Where(level => level.IsForEach).ToList();
        return levels.Count switch
        {
            // A step that leads back to itself runs as often as it likes.
            0 => run.Graph[step].Targets.Contains(step) ? null : 1,
            1 => run.Graph[step].Targets.Contains(step) ? null : levels[0].Count,
            _ => null,
        };
    }

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
