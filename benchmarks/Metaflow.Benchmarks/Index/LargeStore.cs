using Metaflow.Graph;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Benchmarks.Index;

/// <summary>Makes a store with many runs, and one with many tasks.</summary>
internal static class LargeStore
{
    public const string ManyRuns = "ManyRuns";
    public const string ManyTasks = "ManyTasks";

    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Runs of three tasks, every tenth of which failed, and one run with a foreach.</summary>
    public static void Create(string root, int runs, int tasks)
    {
        using var store = LocalStore.Open(root, new UnsyncedFiles());
        for (var number = 1; number <= runs; number++)
        {
            AddRun(store, number);
        }

        AddForEach(store, tasks);
    }

    /// <summary>One more run of the flow that has many.</summary>
    public static void AddRun(LocalStore store, int number)
    {
        var folder = store.ClaimRun(ManyRuns, new RunClaim(ManyRuns, "bench", Begin.AddMinutes(number), null, 0).Write());
        using var writer = folder.OpenWriter();
        Start(writer, folder, Begin.AddMinutes(number));
        for (var task = 1; task <= 3; task++)
        {
            Append(writer, task, "Step" + task, parent: task - 1, index: -1, default);
        }

        Finish(writer, number % 10 == 0 ? "failed" : "succeeded", Begin.AddMinutes(number + 1), 3);
    }

    private static void AddForEach(LocalStore store, int tasks)
    {
        var folder = store.ClaimRun(ManyTasks, new RunClaim(ManyTasks, "bench", Begin, null, 0).Write());
        using var writer = folder.OpenWriter();
        Start(writer, folder, Begin);
        var split = Append(writer, 1, "Start", 0, -1, default, new(TransitionKind.ForEach, ["Work"], tasks, null));
        for (var task = 0; task < tasks; task++)
        {
            Append(writer, task + 2, "Work", 1, task, split);
            if (task % 10_000 == 0)
            {
                writer.Commit();
            }
        }

        Finish(writer, "succeeded", Begin.AddHours(1), tasks + 1);
    }

    private static void Start(SegmentWriter writer, RunFolder folder, DateTimeOffset started) => writer.Append(
        RecordKind.RunStarted,
        new RunStartedRecord
        {
            FlowName = folder.FlowName, RunId = folder.RunId, Started = started, UserName = "bench", SystemTags = ["user:bench"],
            Graph = "",
        }.Write(),
        new TaskData().Write());

    private static RecordAddress Append(
        SegmentWriter writer, long task, string step, long parent, int index, RecordAddress split, StoredTransition? next = null)
    {
        var data = new TaskData { Next = next ?? new(TransitionKind.Linear, ["Next"]) }.Write();
        var header = new AttemptRecord
        {
            TaskId = task, Step = step, Attempt = 0, Outcome = AttemptOutcome.Succeeded, StartedMicros = 1_767_225_600_000_000 + task,
            FinishedMicros = 1_767_225_600_001_000 + task, ProcessId = 1, Parent = split, ParentTask = parent, DataLength = data.Length,
            Stack = index < 0 ? [] : [new("Start", 1, split, true, index, 1_000_000, "Work", "item")],
        }.Write();
        return writer.Append(RecordKind.Attempt, header, data);
    }

    private static void Finish(SegmentWriter writer, string status, DateTimeOffset finished, long tasks)
    {
        writer.Append(RecordKind.RunFinished, new RunFinishedRecord(status, finished, tasks, null).Write(), []);
        writer.Commit();
    }
}
