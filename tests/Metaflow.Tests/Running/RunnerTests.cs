using Metaflow.Client;
using Metaflow.Events;
using Metaflow.Running;
using Metaflow.Tests.Client;
using Metaflow.Tests.Comparison;

namespace Metaflow.Tests.Running;

/// <summary>Flows that a program runs as objects.</summary>
public sealed class RunnerTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metaflow-test-");

    private RunnerOptions Options => new() { DatastoreRoot = Path.Join(_directory.FullName, ".metaflow"), MaxWorkers = 2 };

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Start_AFlow_TellsWhatHappensAndLeavesItsResult()
    {
        await using var run = await Runner.StartAsync(new MarksFlow { Bonus = 7 }, Options with { Tags = ["from-code"] }, TestContext.Current.CancellationToken);
        var events = await ReadAsync(run);
        var finished = await run.WhenFinishedAsync(TestContext.Current.CancellationToken);

        Assert.Equal("MarksFlow/1", run.PathSpec);
        Assert.Equal(RunStatus.Succeeded, finished.Status);
        Assert.Equal(7, finished.Parameter<int>("Bonus"));
        Assert.Equal(9, finished.Data<MarksFlow>().Marks["Bo"]);
        Assert.Equal(["from-code"], finished.Tags);
        Assert.Equal((RunEventKind.RunStarted, "MarksFlow/1"), (events[0].Kind, events[0].Text));
        Assert.Equal((RunEventKind.RunFinished, RunStatus.Succeeded, 6L), (events[^1].Kind, events[^1].Status!.Value, events[^1].Count));
        Assert.Equal(6, events.Count(happened => happened is { Kind: RunEventKind.AttemptFinished, Outcome: TaskOutcome.Succeeded }));
        Assert.Contains(events, happened => happened is { Kind: RunEventKind.Output, Step: "Start", Text: "careful", IsError: true });
        Assert.Contains(events, happened => happened is { Kind: RunEventKind.Split, Text: "Rate", Count: 3 });
        Assert.Contains(events, happened => happened is { Kind: RunEventKind.AttemptStarted, Label: "Cy" });
    }

    [Fact]
    public async Task Run_ToItsEnd_GivesTheStatus()
    {
        Assert.Equal((RunStatus.Succeeded, "MixedFlow/1"), await Runner.RunAsync(new MixedFlow(), Options, TestContext.Current.CancellationToken));
        Assert.Equal((RunStatus.Failed, "TroubleFlow/1"), await Runner.RunAsync(new TroubleFlow { IsFatal = true }, Options, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Start_TwoFlowsAtOnce_KeepsThemApart()
    {
        var token = TestContext.Current.CancellationToken;
        await using var one = await Runner.StartAsync(new ModelFlow { Rate = 0.25 }, Options, token);
        await using var other = await Runner.StartAsync(new ModelFlow { Rate = 0.75 }, Options, token);

        var ends = await Task.WhenAll(one.WhenFinishedAsync(token), other.WhenFinishedAsync(token));

        Assert.Equal([0.5, 1.5], ends.Select(run => run.Data<ModelFlow>().Model.Score).Order());
        Assert.Equal(["ModelFlow/1", "ModelFlow/2"], ends.Select(run => run.PathSpec).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Cancel_ARun_EndsItInOrderAndItCanBeResumed()
    {
        WaitingFlow.Reset();
        await using (var run = await Runner.StartAsync(new WaitingFlow(), Options, TestContext.Current.CancellationToken))
        {
            await WaitingFlow.Reached.Task.WaitAsync(TestContext.Current.CancellationToken);
            var cancelled = run.CancelAsync(TestContext.Current.CancellationToken);
            WaitingFlow.Gate.TrySetResult();

            Assert.Equal(RunStatus.Interrupted, (await cancelled).Status);
        }

        WaitingFlow.Reset();
        WaitingFlow.Gate.SetResult();
        await using var resumed = await Runner.ResumeAsync<WaitingFlow>(options: Options, cancellationToken: TestContext.Current.CancellationToken);
        var events = await ReadAsync(resumed);

        Assert.Equal(RunStatus.Succeeded, (await resumed.WhenFinishedAsync(TestContext.Current.CancellationToken)).Status);
        Assert.Equal("1", resumed.Run.OriginRunId);
        Assert.Contains(events, happened => happened is { Kind: RunEventKind.TasksAdopted, Text: "1" });
        Assert.DoesNotContain(events, happened => happened is { Kind: RunEventKind.AttemptStarted, Step: "Start" });
    }

    [Fact]
    public async Task Resume_FromAStep_RunsItAgain()
    {
        await Runner.RunAsync(new MarksFlow(), Options, TestContext.Current.CancellationToken);

        await using var resumed = await Runner.ResumeAsync<MarksFlow>("1", "join", Options, TestContext.Current.CancellationToken);
        var events = await ReadAsync(resumed);

        Assert.Equal(["Join", "End"], events.Where(happened => happened.Kind == RunEventKind.AttemptStarted).Select(happened => happened.Step));
    }

    [Fact]
    public async Task Token_ThatIsCancelled_EndsTheRun()
    {
        WaitingFlow.Reset();
        using var stop = new CancellationTokenSource();
        await using var run = await Runner.StartAsync(new WaitingFlow(), Options, stop.Token);
        await WaitingFlow.Reached.Task.WaitAsync(TestContext.Current.CancellationToken);

        await stop.CancelAsync();
        WaitingFlow.Gate.TrySetResult();

        Assert.Equal(RunStatus.Interrupted, (await run.WhenFinishedAsync(TestContext.Current.CancellationToken)).Status);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Runner.StartAsync(new MixedFlow(), Options, stop.Token));
    }

    [Fact]
    public async Task Start_WhatCannotStart_ThrowsAndCreatesNothing()
    {
        var token = TestContext.Current.CancellationToken;

        await Assert.ThrowsAsync<UsageException>(() => Runner.StartAsync(new MixedFlow(), Options with { With = ["rerty"] }, token));
        await Assert.ThrowsAsync<UsageException>(() => Runner.StartAsync(new MixedFlow(), Options with { MaxWorkers = 0 }, token));
        await Assert.ThrowsAsync<UsageException>(() => Runner.ResumeAsync<MixedFlow>(options: Options, cancellationToken: token));
        var missing = await Assert.ThrowsAsync<MetaflowException>(() => Runner.StartProgramAsync(Path.Join(_directory.FullName, "no.cs"), cancellationToken: token));

        Assert.Contains("There is no program", missing.Message, StringComparison.Ordinal);
        Assert.Empty(_directory.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task Dispose_OfALiveRun_EndsIt()
    {
        WaitingFlow.Reset();
        var run = await Runner.StartAsync(new WaitingFlow(), Options, TestContext.Current.CancellationToken);
        await WaitingFlow.Reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        WaitingFlow.Gate.TrySetCanceled(TestContext.Current.CancellationToken);

        await run.DisposeAsync();

        using var client = MetaflowClient.Open(Options.DatastoreRoot);
        client.Namespace = null;
        Assert.NotEqual(RunStatus.Running, client.Run("WaitingFlow/1").Status);
    }

    [Fact]
    public void Lines_OfAllKinds_ReadBackAsTheyWere()
    {
        var time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        foreach (var kind in Enum.GetValues<RunEventKind>())
        {
            var happened = new RunEvent(kind, time)
            {
                Step = "Start", TaskId = "1", Attempt = 2, Label = "ü", Text = "a\n\"b\"", IsError = true, Outcome = TaskOutcome.Caught,
                Status = RunStatus.Failed, Count = 3, DatastoreRoot = "/x",
            };

            var line = RunEventLine.Write(happened);

            Assert.DoesNotContain('\n', line);
            Assert.Equal(happened, RunEventLine.TryParse(line));
        }

        Assert.Null(RunEventLine.TryParse("{\"kind\":\"later\"}"));
        Assert.Null(RunEventLine.TryParse("{"));
    }

    private static async Task<List<RunEvent>> ReadAsync(ExecutingRun run)
    {
        var events = new List<RunEvent>();
        await foreach (var happened in run.Events(TestContext.Current.CancellationToken))
        {
            events.Add(happened);
        }

        return events;
    }
}
