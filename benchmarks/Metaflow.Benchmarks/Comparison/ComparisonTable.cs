using System.Diagnostics;
using System.Text;
using Metaflow.Artifacts;
using Metaflow.Benchmarks.Index;
using Metaflow.Benchmarks.Storage;
using Metaflow.Client;
using Metaflow.Comparison;
using Metaflow.Graph;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Benchmarks.Comparison;

/// <summary>Two runs of many tasks that differ in everything that their tasks set and printed.</summary>
internal sealed class ComparisonTable(Settings settings, string directory)
{
    private const string Flow = "Wide";
    private const string Text = "the same text in every task of either run";

    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public void Run()
    {
        var root = Path.Join(directory, StoreLayout.Directory);
        using (var store = LocalStore.Open(root, new UnsyncedFiles()))
        {
            AddRun(store, settings.Tasks, 0);
            AddRun(store, settings.Tasks, 1);
        }

        Console.WriteLine($"Two runs of {settings.Tasks:N0} tasks with 3 artifacts and a line of output each, compared; ms.");
        Console.WriteLine();
        Console.WriteLine("| comparison | n | first | median |");
        Console.WriteLine("|---|---|---|---|");
        using var client = MetaflowClient.Open(root);
        client.Namespace = null;
        var (first, second) = (client.Run($"{Flow}/1"), client.Run($"{Flow}/2"));
        Measure("all of it", () => RunComparison.Of(first, second), 6);
        Measure("only parameters and graph", () => RunComparison.Of(first, second, new() { Kinds = [DifferenceKind.Parameter, DifferenceKind.Graph] }), 0);
        Console.WriteLine();
        Directory.Delete(root, recursive: true);
    }

    private void Measure(string name, Func<RunComparison> compare, int least)
    {
        var median = new Median();
        var begin = 0.0;
        for (var round = 0; round <= settings.Runs; round++)
        {
            var started = Stopwatch.GetTimestamp();
            var found = compare().Differences.Count;
            var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            if (found < least)
            {
                throw new InvalidOperationException($"It found {found} differences.");
            }

            if (round == 0)
            {
                begin = elapsed;
            }
            else
            {
                median.Add(elapsed);
            }
        }

        Console.WriteLine($"| {name} | {settings.Runs} | {begin:0} | {median.Value:0} |");
    }

    private static void AddRun(LocalStore store, int tasks, int seed)
    {
        var folder = store.ClaimRun(Flow, new RunClaim(Flow, "bench", Begin, null, 0).Write());
        using var writer = folder.OpenWriter();
        var started = new RunStartedRecord
        {
            FlowName = Flow, RunId = folder.RunId, Started = Begin, UserName = "bench", ParameterNames = ["Seed"],
            Graph = new FlowGraph { Name = Flow, Steps = new EquatableArray<StepNode>([new() { Name = "Work" }]) }.ToText(),
        };
        writer.Append(RecordKind.RunStarted, started.Write(), new TaskData { Artifacts = [Json("Seed", $"{seed}")] }.Write());
        var split = Append(writer, 1, "Start", [], -1, default);
        for (var task = 0; task < tasks; task++)
        {
            StoredArtifact[] artifacts =
            [
                Json("Score", $"{(task % 100) + (0.25 * seed)}"), Json("Model", $$"""{"Depth":{{seed}},"Name":"{{Text}}"}"""), Json("Same", $"\"{Text}\""),
            ];
            Append(writer, task + 2, "Work", artifacts, task, split, $"task {task} of {seed}");
            if (task % 1_000 == 0)
            {
                writer.Commit();
            }
        }

        Append(writer, tasks + 2, "End", [Json("Best", $"{seed}")], -1, default, $"seed {seed}");
        writer.Append(RecordKind.RunFinished, new RunFinishedRecord("succeeded", Begin.AddMinutes(1 + seed), tasks + 2, null).Write(), []);
        writer.Commit();
    }

    private static RecordAddress Append(
        SegmentWriter writer, long task, string step, StoredArtifact[] artifacts, int index, RecordAddress split, string? line = null)
    {
        var logs = new List<RecordAddress>();
        if (line is not null)
        {
            var block = new LogBlock();
            block.Add(Begin, LogStream.Out, Encoding.UTF8.GetBytes(line));
            logs.Add(writer.Append(RecordKind.Log, LogBlock.Header(new(task, 0, "Work")), block.Bytes));
        }

        var data = new TaskData { Artifacts = artifacts, Next = new(TransitionKind.Linear, ["Next"]) }.Write();
        var header = new AttemptRecord
        {
            TaskId = task, Step = step, Attempt = 0, Outcome = AttemptOutcome.Succeeded, StartedMicros = 1, FinishedMicros = 1_000 + task,
            Parent = split, ParentTask = 1, DataLength = data.Length, Logs = logs,
            Stack = index < 0 ? [] : [new("Start", 1, split, true, index, 1_000_000, "Work", $"item {index}")],
        }.Write();
        return writer.Append(RecordKind.Attempt, header, data);
    }

    private static StoredArtifact Json(string name, string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        return new(name, "json", bytes.Length, ContentHash.Of(bytes), bytes);
    }
}
