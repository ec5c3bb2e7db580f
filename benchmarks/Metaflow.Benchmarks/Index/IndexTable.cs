using System.Diagnostics;
using System.Globalization;
using Metaflow.Client;
using Metaflow.Metadata;
using Metaflow.Metadata.Index;
using Metaflow.Storage;

namespace Metaflow.Benchmarks.Index;

/// <summary>Questions to a store with many runs and tasks.</summary>
internal sealed class IndexTable(Settings settings, string directory)
{
    private const int Runs = 10_000;
    private const int Tasks = 1_000_000;

    public void Run()
    {
        var root = Path.Join(directory, StoreLayout.Directory);
        LargeStore.Create(root, Runs, Tasks);

        // The stamp of a directory counts once it is two seconds old.
        Directory.SetLastWriteTimeUtc(Path.Join(root, StoreLayout.Runs, LargeStore.ManyRuns), DateTime.UtcNow.AddHours(-1));
        Directory.SetLastWriteTimeUtc(Path.Join(root, StoreLayout.Runs, LargeStore.ManyTasks), DateTime.UtcNow.AddHours(-1));
        Console.WriteLine($"Questions to a store with a flow of {Runs:N0} runs and a run of {Tasks:N0} tasks, ms; the least and the median of n.");
        Console.WriteLine();
        Console.WriteLine("| question | n | least | median |");
        Console.WriteLine("|---|---|---|---|");
        Measure($"index {Runs:N0} runs from nothing", 1, () => Bring(root, LargeStore.ManyRuns));
        Measure($"index {Tasks:N0} tasks from nothing", 1, () => Bring(root, LargeStore.ManyTasks));

        var rounds = settings.Runs * 10;
        Measure("open a client, latest successful run", rounds, () =>
        {
            using var fresh = Open(root);
            Expect(fresh.Flow(LargeStore.ManyRuns).LatestSuccessfulRun!.Id, "9999");
        });
        using (var client = Open(root))
        {
            Ask(client, rounds);
        }

        AfterChanges(root, rounds);
        Console.WriteLine();
        Directory.Delete(root, recursive: true);
    }

    private static void Ask(MetaflowClient client, int rounds)
    {
        var (flow, run) = (client.Flow(LargeStore.ManyRuns), client.Run(LargeStore.ManyTasks + "/1"));
        var work = run.Step("Work");
        Measure("latest successful run", rounds, () => Expect(flow.LatestSuccessfulRun!.Id, "9999"));
        Measure("page of 100 runs", rounds, () => Expect(flow.Runs().Take(100).Count(), 100));
        Measure("page of 100 failed runs", rounds, () => Expect(flow.Runs(new() { Status = RunStatus.Failed }).Take(100).Count(), 100));
        Measure("page of 100 tasks, the first", rounds, () => Expect(work.Tasks().Take(100).Count(), 100));
        Measure("page of 100 tasks behind 900,000 others", rounds, () => Expect(work.Tasks(after: "900000").Take(100).Count(), 100));
        Measure("page of 100 failed tasks, there are none", rounds, () => Expect(work.Tasks(TaskOutcome.Failed).Take(100).Count(), 0));
        Measure("a task by its id", rounds, () => Expect(work.Task("500000").Id, "500000"));
        Measure("steps of the run with their counts", rounds, () => Expect(run.Steps.Count, 2));
        Measure("100 tasks that a task led to", rounds, () => client.Index.OfRun(LargeStore.ManyTasks, 1, index =>
        {
            Expect(index.Children(LargeStore.ManyTasks, 1, "Work", 1, 500_000, 100).Count, 100);
            return true;
        }));
        Measure("tasks that a task led to, there are none", rounds, () => client.Index.OfRun(LargeStore.ManyTasks, 1, index =>
        {
            Expect(index.Children(LargeStore.ManyTasks, 1, "Work", 500_000, 0, 100).Count, 0);
            return true;
        }));
    }

    /// <summary>Questions right after a run was added: all names are looked at.</summary>
    private static void AfterChanges(string root, int rounds)
    {
        using var store = LocalStore.Open(root, new UnsyncedFiles());
        using var client = Open(root);
        var (number, flow) = (Runs, client.Flow(LargeStore.ManyRuns));
        Measure("latest run, after a new run", rounds, () => LargeStore.AddRun(store, ++number), () =>
            Expect(flow.LatestRun!.Id, number.ToString(CultureInfo.InvariantCulture)));
    }

    private static MetaflowClient Open(string root)
    {
        var client = MetaflowClient.Open(root);
        client.Namespace = "user:bench";
        return client;
    }

    private static void Bring(string root, string flow)
    {
        using var store = LocalStore.OpenReadOnly(root);
        using var index = StoreIndex.Open(root, readOnly: false);
        FlowCatchUp.Bring(store, index, flow, Insist, CancellationToken.None);
    }

    private static void Insist(long runId, MetaflowException? fault)
    {
        if (fault is not null)
        {
            throw fault;
        }
    }

    private static void Expect<T>(T value, T expected)
    {
        if (!EqualityComparer<T>.Default.Equals(value, expected))
        {
            throw new InvalidOperationException($"It is {value}, not {expected}.");
        }
    }

    private static void Measure(string name, int rounds, Action action) => Measure(name, rounds, static () => { }, action);

    private static void Measure(string name, int rounds, Action prepare, Action action)
    {
        var (median, least) = (new Storage.Median(), double.MaxValue);
        for (var round = rounds == 1 ? 0 : -3; round < rounds; round++)
        {
            prepare();
            var started = Stopwatch.GetTimestamp();
            action();
            var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            if (round >= 0)
            {
                median.Add(elapsed);
                least = Math.Min(least, elapsed);
            }
        }

        Console.WriteLine($"| {name} | {rounds} | {least:0.000} | {median.Value:0.000} |");
    }
}
