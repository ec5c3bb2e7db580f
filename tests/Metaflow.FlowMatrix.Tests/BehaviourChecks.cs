using Metaflow.FlowMatrix.Behaviours;
using Metaflow.FlowMatrix.Running;
using Metaflow.Metadata.Records;

namespace Metaflow.FlowMatrix;

/// <summary>What each behaviour must have left in the store, in whichever shape and process it ran.</summary>
internal static class BehaviourChecks
{
    /// <summary>How often a loop repeats where a check expects another number than the default.</summary>
    public const int ConstantsRounds = 7;

    private static readonly Dictionary<string, Action<StoredRun>> Checks = new()
    {
        ["artifact"] = Artifact,
        ["mutation"] = Mutation,
        ["constants"] = Constants,
        ["current"] = Current,
        ["lineage"] = Lineage,
        ["stack"] = Stack,
        ["order"] = Order,
        ["merge"] = Merge,
        ["merge-include"] = _ => { },
        ["merge-propagation"] = MergePropagation,
        ["retry"] = Retry,
        ["catch"] = run => Catch(run, "System.InvalidOperationException"),
        ["kill"] = run => Catch(run, "SIGKILL"),
        ["log"] = run => Log(run, children: false),
        ["log-children"] = run => Log(run, children: true),
    };

    /// <summary>Checks the run's shape and what its behaviour has left.</summary>
    public static void Check(string behaviour, StoredRun run, ShapeVariant variant)
    {
        if (behaviour == "order")
        {
            RunChecks.Graph(run, variant.Flow);
        }
        else
        {
            RunChecks.Succeeded(run, variant, rounds: behaviour == "constants" ? ConstantsRounds : 10);
        }

        Checks[behaviour](run);
    }

    private static void Artifact(StoredRun run)
    {
        Assert.All(run.Tasks, task => Assert.Equal(ArtifactBehaviour.Value, run.Read<string>(task, "Data")));
        Assert.Single(run.Tasks.Select(task => run.Find(task, "Data").Hash).Distinct());
    }

    private static void Mutation(StoredRun run)
    {
        foreach (var task in run.Tasks)
        {
            // A join goes on with what its first branch has.
            var before = run.Parents(task).FirstOrDefault();
            string[] expected = [.. before is null ? [] : run.Read<List<string>>(before, "Trail"), task.Name];
            Assert.Equal(expected, run.Read<List<string>>(task, "Trail"));
            Assert.Equal(
                expected.GroupBy(name => name.Split('/')[0]).ToDictionary(group => group.Key, group => group.Count()),
                run.Read<Dictionary<string, int>>(task, "Tally"));
        }
    }

    private static void Constants(StoredRun run)
    {
        Assert.Equal(["Behaviour", "Case", "FailAt", "Rounds"], run.Reader.Info.Started.ParameterNames);
        Assert.Equal("constants", run.ReadParameter<string>("Behaviour"));
        Assert.Equal(ConstantsRounds, run.ReadParameter<int>("Rounds"));
        Assert.Null(run.ReadParameter<string?>("FailAt"));
        Assert.Equal("gibbous", run.ReadParameter<string>("Phase"));
        Assert.Equal([3, 1, 2], run.ReadParameter<int[]>("Weights"));
    }

    private static void Current(StoredRun run)
    {
        var started = run.Reader.Info.Started;
        foreach (var task in run.Tasks)
        {
            Assert.Equal(
                $"{started.FlowName}/1/{task.Name} {started.FlowName}/1/{task.Name} tester user:tester 刺身 means sashimi,multiple tags should be ok",
                run.Read<string>(task, "Data"));
            Assert.False(Directory.Exists(run.Read<string>(task, "Rare")));
        }
    }

    private static void Lineage(StoredRun run)
    {
        foreach (var task in run.Tasks)
        {
            Assert.Equal(task.Name, run.Read<string>(task, "Self"));
            Assert.Equal(run.Parents(task).Select(parent => parent.Name), run.Read<IReadOnlyList<string>>(task, "Previous"));
        }
    }

    private static void Stack(StoredRun run)
    {
        foreach (var task in run.Tasks)
        {
            var frames = task.Record.Stack.Where(level => level.IsForEach);
            Assert.Equal(
                string.Join(" ", frames.Select(level => $"{level.SplitStep}[{level.Index}/{level.Count}]={level.Label}")),
                run.Read<string>(task, "Stack"));
        }
    }

    private static void Order(StoredRun run)
    {
        Assert.Equal("succeeded", run.Status);
        Assert.Contains(run.Tasks, task => task.Inputs.Count == 32);
    }

    private static void Merge(StoredRun run)
    {
        foreach (var join in run.Tasks.Where(task => task.Inputs.Count > 0))
        {
            Assert.Equal("same", run.Read<string>(join, "Same"));
            Assert.Equal(run.Find(run.Parents(join).First(), "Same").Hash, run.Find(join, "Same").Hash);
            Assert.Equal(join.Name, run.Read<string>(join, "Differs"));
            Assert.Equal(run.Parents(join).Any(parent => run.Has(parent, "Rare")), run.Has(join, "Rare"));
        }
    }

    private static void MergePropagation(StoredRun run)
    {
        var end = run.Tasks[^1];
        var isSet = run.Tasks.Any(task => task.Record.Stack.Any(level => level.IsForEach));
        foreach (var (name, value) in ((string, int)[])[("Var0", 100), ("Var1", 101), ("Var2", 102)])
        {
            Assert.Equal(isSet, run.Has(end, name));
            Assert.True(!isSet || run.Read<int>(end, name) == value);
        }

        Assert.Equal([1, 2], run.Read<List<int>>(end, "Values"));
    }

    private static void Retry(StoredRun run)
    {
        Assert.Equal(2 * run.Tasks.Count, run.Attempts.Count);
        Assert.All(run.Tasks, task =>
        {
            Assert.Equal(1, task.Record.Attempt);
            Assert.Equal("kept", run.Read<string>(task, "Data"));
            Assert.Equal([$"attempt 1 of {task.Name}"], run.Log(task, LogStream.Out));
        });
        Assert.All(run.Attempts.Where(attempt => attempt.Record.Attempt == 0), attempt =>
        {
            Assert.Equal(AttemptOutcome.WillRetry, attempt.Record.Outcome);
            Assert.Equal($"{attempt.Name} fails at first.", attempt.Record.Error!.Message);
            Assert.Equal("System.InvalidOperationException", attempt.Record.Error.Type);
            Assert.Equal([$"attempt 0 of {attempt.Name}"], run.Log(attempt, LogStream.Out));
            Assert.False(run.Has(attempt, "Data"));
        });
    }

    /// <summary>With one retry: two attempts fail; after a crash a third one only records the failure.</summary>
    private static void Catch(StoredRun run, string type)
    {
        var isCrash = type == "SIGKILL";
        foreach (var task in run.Tasks)
        {
            var mayFail = task.Record.ParentTask > 0 && task.Inputs.Count == 0;
            var attempts = run.Attempts.Where(attempt => attempt.TaskId == task.TaskId).ToList();
            Assert.Equal(mayFail ? AttemptOutcome.Caught : AttemptOutcome.Succeeded, task.Record.Outcome);
            Assert.Equal(!mayFail ? 1 : isCrash ? 3 : 2, attempts.Count);
            Assert.All(attempts.SkipLast(1), attempt => Assert.Equal(AttemptOutcome.WillRetry, attempt.Record.Outcome));
            var error = run.Read<CaughtException?>(task, "Error");
            Assert.Equal(mayFail ? type : null, error?.Type);
            Assert.True(!mayFail || isCrash || error?.Message == $"{task.Name} fails.");
            Assert.Equal("kept", run.Read<string>(task, "Data"));
            Assert.False(run.Has(task, "Rare"));
            Assert.Equal(
                mayFail,
                run.Log(task, LogStream.Error).Any(line => line.StartsWith("[Catch] caught an exception from", StringComparison.Ordinal)));
        }
    }

    private static void Log(StoredRun run, bool children)
    {
        foreach (var task in run.Tasks)
        {
            LogLines(task.Name, run.Log(task, LogStream.Out), run.Log(task, LogStream.Error), children);
        }
    }

    /// <summary>The lines that <see cref="LogBehaviour"/> writes.</summary>
    public static void LogLines(string name, IReadOnlyList<string> output, IReadOnlyList<string> error, bool children)
    {
        string[] child = children ? [$"child out of {name} ☃"] : [];
        string[] childError = children ? [$"child error of {name} ☃"] : [];
        Assert.Equal([$"out of {name}: naïve ☃ 日本 𝄞", $"thread of {name}", .. child, $"rest of {name}"], output);
        Assert.Equal([$"error of {name}: naïve ☃ 日本 𝄞", .. childError], error);
    }
}
