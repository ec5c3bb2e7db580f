using System.Text.Json;
using Metaflow.FlowMatrix.Running;
using Metaflow.FlowMatrix.Shapes;
using Metaflow.Metadata.Records;

namespace Metaflow.FlowMatrix.Cases;

/// <summary>What the reading verbs print about a run is what its records say.</summary>
public sealed class ReadingTests : IDisposable
{
    private const int Limit = 60_000;

    private readonly FlowProgramWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Dump_WholeRun_TellsEveryArtifactOfEveryTask()
    {
        await RunAsync(nameof(BranchInForEachShape), "lineage");

        var result = await _world.RunAsync(nameof(BranchInForEachShape), "dump", "1", "--json");

        Assert.True(result.ExitCode == 0, result.ToString());
        var run = _world.Open(nameof(BranchInForEachShape));
        var sets = Lines(result.Out);
        Assert.Equal("lineage", sets[0].GetProperty("parameters").GetProperty("Behaviour").GetProperty("value").GetString());
        Assert.Equal(
            run.Tasks.Select(task => (task.Name, task.Name, string.Join(' ', run.Read<IReadOnlyList<string>>(task, "Previous")))).Order(),
            sets.Skip(1).Select(set =>
            {
                var artifacts = set.GetProperty("artifacts");
                return (
                    $"{set.GetProperty("step")}/{set.GetProperty("task")}",
                    artifacts.GetProperty("Self").GetProperty("value").GetString()!,
                    string.Join(' ', artifacts.GetProperty("Previous").GetProperty("value").EnumerateArray()));
            }).Order());
    }

    [Fact(Timeout = Limit)]
    public async Task Dump_FailedJoin_SaysThatItHasNoArtifacts()
    {
        await RunAsync(nameof(BranchShape), "artifact", expected: 1, "--fail-at", "Join");

        var result = await _world.RunAsync(nameof(BranchShape), "dump", "1/Join");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("Dumping output of run_id=1 step=Join task_id=4, which failed and has no artifacts\n", result.Out);
    }

    [Fact(Timeout = Limit)]
    public async Task Logs_OfEveryAttempt_TellItsLinesAndStreams()
    {
        await RunAsync(nameof(ForEachShape), "log");

        var result = await _world.RunAsync(nameof(ForEachShape), "logs", "1", "--json");

        Assert.True(result.ExitCode == 0, result.ToString());
        var lines = Lines(result.Out);
        foreach (var task in _world.Open(nameof(ForEachShape)).Tasks)
        {
            BehaviourChecks.LogLines(task.Name, Texts("stdout"), Texts("stderr"), children: false);

            string[] Texts(string stream) =>
            [
                .. lines.Where(line => $"{line.GetProperty("step")}/{line.GetProperty("task")}" == task.Name && line.GetProperty("stream").GetString() == stream)
                    .Select(line => line.GetProperty("text").GetString()!),
            ];
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Logs_RetriedTask_TellsTheAttemptThatIsAskedFor()
    {
        await RunAsync(nameof(LinearShape), "retry", expected: 0, "--with", "retry:times=1");

        var last = await _world.RunAsync(nameof(LinearShape), "logs", "1/Middle", "--stdout", "--quiet");
        var first = await _world.RunAsync(nameof(LinearShape), "logs", "1/Middle", "--stdout", "--quiet", "--attempt", "0");
        var error = await _world.RunAsync(nameof(LinearShape), "logs", "1/Middle", "--stderr", "--quiet", "--attempt", "0");

        Assert.Equal("attempt 1 of Middle/2\n", last.Out);
        Assert.Equal("attempt 0 of Middle/2\n", first.Out);
        Assert.Contains("Middle/2 fails at first.", error.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Show_EveryShape_TellsTheGraphThatItsRunsFollow()
    {
        var result = await _world.RunAsync(nameof(BranchInForEachShape), "show", "--json");

        Assert.True(result.ExitCode == 0, result.ToString());
        var graph = JsonDocument.Parse(result.Out).RootElement;
        var kinds = graph.GetProperty("steps").EnumerateArray().ToDictionary(step => step.GetProperty("name").GetString()!, step => step.GetProperty("kind").GetString());
        Assert.Equal(ShapeVariant.Of(nameof(BranchInForEachShape), "a").Counts().Keys, kinds.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            ("split-foreach", "split-static", "linear", "join", "linear", "join", "end"),
            (kinds["Start"], kinds["Inner"], kinds["A"], kinds["JoinSides"], kinds["After"], kinds["Join"], kinds["End"]));
    }

    [Fact(Timeout = Limit)]
    public async Task Runs_OfSeveralOutcomes_TellEach()
    {
        await RunAsync(nameof(LinearShape), "artifact");
        await RunAsync(nameof(LinearShape), "artifact", expected: 1, "--fail-at", "Middle");
        Assert.Equal(0, (await _world.RunAsync(nameof(LinearShape), "resume")).ExitCode);

        var result = await _world.RunAsync(nameof(LinearShape), "runs", "--json");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(
            [("3", "succeeded"), ("2", "failed"), ("1", "succeeded")],
            JsonDocument.Parse(result.Out).RootElement.EnumerateArray().Select(run => (run.GetProperty("run").GetString(), run.GetProperty("status").GetString())));
        var resumed = _world.Open(nameof(LinearShape), "3");
        Assert.Equal("2", resumed.Reader.Info.Started.OriginRunId);
        Assert.All(resumed.Tasks, task => Assert.Equal(AttemptOutcome.Succeeded, task.Record.Outcome));
    }

    [Fact(Timeout = Limit)]
    public async Task Run_PlainOutput_TellsEachAttemptInItsLines()
    {
        var result = await RunAsync(nameof(BranchShape), "retry", expected: 0, "--with", "retry:times=1", "--max-workers", "1");

        var said = result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[24..]).ToList();
        Assert.Equal("Workflow starting (run-id 1):", said[0]);
        Assert.Equal("Done!", said[^1]);
        foreach (var task in _world.Open(nameof(BranchShape)).Tasks)
        {
            var head = $"[1/{task.Name} (pid {task.Record.ProcessId})] ";
            var own = said.Where(line => line.StartsWith(head, StringComparison.Ordinal)).Select(line => line[head.Length..]).ToList();
            Assert.Equal(["Task is starting.", $"attempt 0 of {task.Name}", $"<flow BranchShape step {task.Step}> failed:", $"System.InvalidOperationException: {task.Name} fails at first."], own.Take(4));
            Assert.Equal(["Task failed; it will be retried.", "Task is starting (retry).", $"attempt 1 of {task.Name}", "Task finished successfully."], own.TakeLast(4));
        }
    }

    private static List<JsonElement> Lines(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private async Task<ProgramResult> RunAsync(string shape, string behaviour, int expected = 0, params string[] more)
    {
        var result = await _world.RunAsync([shape, "run", "--behaviour", behaviour, .. more]);
        Assert.True(result.ExitCode == expected, result.ToString());
        return result;
    }
}
