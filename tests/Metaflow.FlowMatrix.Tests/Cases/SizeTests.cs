using Metaflow.FlowMatrix.Running;
using Metaflow.FlowMatrix.Shapes;
using Metaflow.Metadata.Records;
using Metaflow.Runtime;

namespace Metaflow.FlowMatrix.Cases;

/// <summary>Much of something: tasks, bytes, lines; and none.</summary>
public sealed class SizeTests : IDisposable
{
    private const int Limit = 60_000;

    private readonly FlowProgramWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact(Timeout = Limit)]
    public async Task ForEach_1200Items_JoinInOrder()
    {
        var result = await _world.RunAsync("WideFlow", "run", "--max-workers", "4");

        Assert.True(result.ExitCode == 0, result.ToString());
        var run = _world.Open("WideFlow");
        Assert.Equal(1200, run.Tasks.Count(task => task.Step == "Work"));
        Assert.Equal(1200 * 1199 / 2, run.Read<long>(run.Single("End"), "Sum"));
        Assert.True(run.Attempts.Select(attempt => attempt.Record.ProcessId).Distinct().Count() <= 4);
    }

    [Fact(Timeout = Limit)]
    public async Task ForEach_MoreItemsThanAllowed_FailsTheRunAndNamesTheOption()
    {
        var result = await _world.RunAsync("WideFlow", "run", "--width", "11", "--max-num-splits", "10");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(
            "Step Start: the foreach yields 11 tasks of 'Work', more than the limit of 10. If that is meant, raise the limit: --max-num-splits 11.",
            result.Error,
            StringComparison.Ordinal);
        Assert.Equal("failed", _world.Open("WideFlow").Status);
        Assert.Equal(["Start"], _world.Open("WideFlow").Tasks.Select(task => task.Step));
    }

    [Theory(Timeout = Limit)]
    [InlineData("worker")]
    [InlineData("none")]
    public async Task ForEach_NoItems_FailsTheStepAndSaysWhatToDo(string isolation)
    {
        var result = await _world.RunAsync("WideFlow", "run", "--width", "0", "--isolation", isolation);

        Assert.Equal(1, result.ExitCode);
        const string message = "Step Start: the foreach to 'Work' has no items. Give NextForEach at least one item, or choose another transition when there are none.";
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Out, StringComparison.Ordinal);
        var run = _world.Open("WideFlow");
        Assert.Equal(message, run.Single("Start").Record.Error!.Message);
    }

    [Theory(Timeout = Limit)]
    [InlineData("worker")]
    [InlineData("process")]
    public async Task Artifact_Of8Megabytes_IsOneBlobUntilItIsChanged(string isolation)
    {
        var result = await _world.RunAsync("LargeFlow", "run", "--isolation", isolation);

        Assert.True(result.ExitCode == 0, result.ToString());
        var run = _world.Open("LargeFlow");
        var (start, read, end) = (run.Single("Start"), run.Single("Read"), run.Single("End"));
        Assert.Equal(run.Find(start, "Data"), run.Find(end, "Data"));
        Assert.Equal(run.Find(start, "Data").Hash, run.Find(start, "Changed").Hash);
        Assert.NotEqual(run.Find(start, "Changed").Hash, run.Find(read, "Changed").Hash);
        Assert.Equal(run.Find(read, "Changed"), run.Find(end, "Changed"));
        Assert.Null(run.Find(end, "Data").Inline);
        Assert.Equal(LargeFlow.Length, run.Read<double[]>(end, "Data").Length);
        Assert.Equal(42, run.Read<double[]>(end, "Changed")[0]);

        // Before and after the change, and the program's own assemblies.
        Assert.Equal(2 + 1, Directory.GetFiles(Path.Join(_world.StoreRoot, "blobs"), "*", SearchOption.AllDirectories).Length);
    }

    [Fact(Timeout = Limit)]
    public async Task Log_ManyLinesOfManyTasks_LosesNoneAndKeepsTheirOrder()
    {
        var result = await _world.RunAsync("LoudFlow", "run", "--max-workers", "4");

        Assert.True(result.ExitCode == 0, result.Error);
        var run = _world.Open("LoudFlow");
        foreach (var task in run.Tasks.Where(task => task.Step == "Work"))
        {
            var item = task.Record.Stack[0].Index;
            Assert.Equal(Enumerable.Range(0, 2000).Select(i => $"out {item} {i}"), run.Log(task, LogStream.Out));
            Assert.Equal(Enumerable.Range(0, 2000).Select(i => $"error {item} {i}"), run.Log(task, LogStream.Error));
            Assert.Equal(2000, result.Out.Split('\n').Count(line => line.Contains($"] out {item} ", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Run_InProcessWithManyWorkers_RunsEachTaskOnce()
    {
        using var run = await InProcessRun.StartAsync(typeof(WideFlow), [("Width", "500")], request => request with { MaxWorkers = 16 });

        Assert.Equal(RunStatus.Succeeded, run.Result.Status);
        Assert.Equal(503, run.Stored.Attempts.Count);
        Assert.Equal(500L * 499 / 2, run.Stored.Read<long>(run.Stored.Single("End"), "Sum"));
    }

    [Fact]
    public async Task Run_InProcessWithOneWorker_FinishesAnyShape()
    {
        using var run = await InProcessRun.StartAsync(
            typeof(NestedForEachShape), [("Behaviour", "artifact")], request => request with { MaxWorkers = 1 });

        Assert.Equal(RunStatus.Succeeded, run.Result.Status);
        RunChecks.Succeeded(run.Stored, ShapeVariant.Of(nameof(NestedForEachShape), "a"));
    }
}
