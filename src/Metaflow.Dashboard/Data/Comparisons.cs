using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Client;
using Metaflow.Dashboard.Views;
using Metaflow.Metadata.Index;
using Metaflow.Storage;

namespace Metaflow.Dashboard.Data;

/// <summary>Puts two runs side by side.</summary>
internal sealed class Comparisons(DashboardStore store, RunLists lists)
{
    /// <summary>Compares two runs, which may be of different flows.</summary>
    public RunComparison Of(string flowA, string idA, string flowB, string idB)
    {
        var (a, rowA) = store.Run(flowA, idA);
        var (b, rowB) = store.Run(flowB, idB);
        return new()
        {
            A = lists.Item(rowA, withParameters: false),
            B = lists.Item(rowB, withParameters: false),
            Sections =
            [
                new() { Name = "Outcome", Values = Outcome(rowA, rowB) },
                new() { Name = "Parameters", Values = Artifacts(a, Parameters(a), null, b, Parameters(b), null) },
                new() { Name = "Results", Values = Results(a, b) },
                new() { Name = "Steps", Values = Steps(a, b) },
                new() { Name = "Start", Values = Start(a, b) },
            ],
        };
    }

    private List<ComparedValue> Outcome(RunRow a, RunRow b) =>
    [
        Value("Status", store.Status(a), store.Status(b)),
        Value("Duration", Duration(a), Duration(b)),
        Value("User", a.User, b.User),
        Value("Tags", string.Join(", ", a.Tags), string.Join(", ", b.Tags)),
    ];

    private static IReadOnlyList<StoredArtifact> Parameters(StoredRun run)
    {
        var names = run.Started.ParameterNames.ToHashSet(StringComparer.Ordinal);
        return [.. run.Constants.Where(constant => names.Contains(constant.Name))];
    }

    /// <summary>What the last tasks left.</summary>
    private static List<ComparedValue> Results(StoredRun a, StoredRun b)
    {
        var (endA, endB) = (End(a), End(b));
        return Artifacts(a, All(a, endA), endA, b, All(b, endB), endB);
    }

    private static TaskRow? End(StoredRun run)
    {
        var last = run.Ask(index => index.Steps(run.Flow, run.Number)) is [.., var step] ? step.Name : null;
        var name = run.Graph.EndStep?.Name ?? last;
        return name is not null
            && run.Client.Index.AsItIs(index => index.Tasks(run.Flow, run.Number, new() { Step = name, Limit = 1 })) is [{ Outcome: 1 or 4 } row] ? row : null;
    }

    private static List<StoredArtifact> All(StoredRun run, TaskRow? task) =>
        task is { } row ? run.Read(content => content.Artifacts(new RecordAddress(row.Address)).All.ToList()) : [];

    private static List<ComparedValue> Artifacts(
        StoredRun a, IReadOnlyList<StoredArtifact> ofA, TaskRow? taskA, StoredRun b, IReadOnlyList<StoredArtifact> ofB, TaskRow? taskB)
    {
        var (knownA, knownB) = (ofA.ToDictionary(item => item.Name, StringComparer.Ordinal), ofB.ToDictionary(item => item.Name, StringComparer.Ordinal));
        return
        [
            .. knownA.Keys.Union(knownB.Keys).Order(StringComparer.Ordinal).Select(name =>
            {
                var (inA, inB) = (knownA.GetValueOrDefault(name), knownB.GetValueOrDefault(name));
                return new ComparedValue
                {
                    Name = name,
                    A = inA is null ? null : ArtifactPreviews.Item(a, inA).Summary,
                    B = inB is null ? null : ArtifactPreviews.Item(b, inB).Summary,

                    // The same content in the same encoding is the same value.
                    IsDifferent = inA is null || inB is null || !inA.Hash.Equals(inB.Hash) || inA.Encoding != inB.Encoding,
                    LinkA = inA is null ? null : Link(a, taskA, name),
                    LinkB = inB is null ? null : Link(b, taskB, name),
                };
            }),
        ];
    }

    private static string Link(StoredRun run, TaskRow? task, string name) => task is { } row
        ? $"flows/{run.Flow}/runs/{run.Number}/steps/{row.Step}/tasks/{row.TaskId}/artifacts/{name}"
        : $"flows/{run.Flow}/runs/{run.Number}/parameters";

    private static List<ComparedValue> Steps(StoredRun a, StoredRun b)
    {
        var stepsA = a.Ask(index => index.Steps(a.Flow, a.Number)).ToDictionary(step => step.Name, StringComparer.Ordinal);
        var stepsB = b.Ask(index => index.Steps(b.Flow, b.Number)).ToDictionary(step => step.Name, StringComparer.Ordinal);
        var order = a.Graph.InOrder.Concat(b.Graph.InOrder).Select(step => step.Name).Distinct(StringComparer.Ordinal);
        return
        [
            .. order.Select(name => new ComparedValue
            {
                Name = name,
                A = Text(stepsA.GetValueOrDefault(name)),
                B = Text(stepsB.GetValueOrDefault(name)),
                IsDifferent = stepsA.GetValueOrDefault(name)?.Attempts != stepsB.GetValueOrDefault(name)?.Attempts,
            }),
        ];
    }

    private static string? Text(StepSummary? step) => step is null ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"{step.Attempts:N0} {(step.Attempts == 1 ? "attempt" : "attempts")} in {Seconds(step.LastFinishedMicros - step.FirstStartedMicros)}");

    private static List<ComparedValue> Start(StoredRun a, StoredRun b) =>
    [
        Value("Command line", string.Join(' ', a.Started.CommandLine), string.Join(' ', b.Started.CommandLine)),
        Value("Decorators added", string.Join(", ", a.Started.With), string.Join(", ", b.Started.With)),
        Value("Namespace", a.Started.Namespace, b.Started.Namespace),
        Value("Graph", a.Started.Graph == b.Started.Graph ? "the same" : "first", a.Started.Graph == b.Started.Graph ? "the same" : "changed"),
    ];

    private static ComparedValue Value(string name, string? a, string? b) => new() { Name = name, A = a, B = b, IsDifferent = a != b };

    private static string? Duration(RunRow run) => run.Finished is { } end ? Seconds((long)(end - run.Started).TotalMicroseconds) : null;

    private static string Seconds(long micros) => string.Create(CultureInfo.InvariantCulture, $"{micros / 1e6:0.00} s");
}
