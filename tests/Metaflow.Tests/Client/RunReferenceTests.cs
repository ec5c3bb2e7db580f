using System.Globalization;
using Metaflow.Client;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Tests.Client;

public sealed class RunReferenceTests : IDisposable
{
    private readonly ClientRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task Facts_OfAFinishedRun_AreThoseOfItsStart()
    {
        await _runs.RunAsync(new MarksFlow { Bonus = 5 }, tags: ["b", "a"]);
        using var client = _runs.Open();

        var run = client.Run("MarksFlow/1");

        Assert.Equal(("1", "MarksFlow", "MarksFlow/1"), (run.Id, run.FlowName, run.PathSpec));
        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.True(run.IsSuccessful);
        Assert.True(run.Started < run.Finished);
        Assert.Equal("ada", run.User);
        Assert.Equal(["a", "b"], run.Tags);
        Assert.Equal(["user:ada"], run.SystemTags);
        Assert.Equal(["run", "--bonus", "1"], run.CommandLine);
        Assert.Null(run.Failure);
        Assert.Null(run.OriginRunId);
        Assert.Equal(["Bonus", "Names"], run.Parameters.Select(parameter => parameter.Name));
        Assert.Equal(5, run.Parameter<int>("Bonus"));
        Assert.Equal(["Bo", "Cy", "Di"], run.Parameter<string[]>("Names"));
        Assert.Equal(["Start", "Rate", "Join", "End"], run.Steps.Select(step => step.Name));
        Assert.Equal("End", run.EndTask!.StepName);
    }

    [Fact]
    public async Task Data_OfARun_IsTheFlowAsItEnded()
    {
        await _runs.RunAsync(new MarksFlow { Bonus = 5 });
        using var client = _runs.Open();

        var flow = client.Flow("MarksFlow").LatestSuccessfulRun!.Data<MarksFlow>();

        Assert.Equal(5, flow.Bonus);
        Assert.Equal(["Bo", "Cy", "Di"], flow.Names);
        Assert.Equal(7, flow.Marks["Bo"]);
        Assert.Equal([0.5, 1.5], flow.Weights);
        Assert.Equal(("1", "End"), (flow.Current.RunId, flow.Current.StepName));
        Assert.Throws<ArtifactNotSetException>(() => flow.Mark);
    }

    [Fact]
    public async Task Data_OfAnotherFlow_IsRefused()
    {
        await _runs.RunAsync(new MarksFlow());
        using var client = _runs.Open();
        var run = client.Run("MarksFlow/1");

        var fault = Assert.Throws<MetaflowException>(() => run.Data<TroubleFlow>());

        Assert.Contains("Data<MarksFlow>()", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_OfAFailedRun_SaysWhy()
    {
        await _runs.RunAsync(new TroubleFlow { IsFatal = true });
        using var client = _runs.Open();

        var run = client.Run("TroubleFlow/1");

        Assert.Equal(RunStatus.Failed, run.Status);
        Assert.NotNull(run.Failure);
        Assert.Equal(TaskOutcome.Failed, run.EndTask!.Outcome);
        Assert.Null(client.Flow("TroubleFlow").LatestSuccessfulRun);
        Assert.Equal("1", client.Flow("TroubleFlow").LatestRun!.Id);
    }

    [Fact]
    public async Task OriginRunId_OfAResumedRun_IsTheOrigin()
    {
        var failed = await _runs.RunAsync(new TroubleFlow { IsFatal = true });
        await _runs.RunAsync(new TroubleFlow(), resume: new(failed.RunId, null));
        using var client = _runs.Open();

        var run = client.Run("TroubleFlow/2");

        Assert.Equal("1", run.OriginRunId);
        Assert.Equal("2", run.Step("Start").SingleTask().Run.Id);
        Assert.Equal(7, run.Step("Start").SingleTask().Artifact<int>("Value"));
        Assert.Equal(["attempt 1"], run.Step("Start").SingleTask().Logs().Select(line => line.Text));
    }

    [Fact]
    public async Task Runs_Filtered_AreThoseThatFit()
    {
        await _runs.RunAsync(new MarksFlow(), tags: ["x"]);
        await _runs.RunAsync(new MarksFlow(), tags: ["x", "y"]);
        await _runs.RunAsync(new MarksFlow(), user: "bob", tags: ["x"]);
        using var client = _runs.Open();
        client.Namespace = null;
        var flow = client.Flow("MarksFlow");
        var second = flow.Run("2").Started;

        Assert.Equal(["3", "2", "1"], Ids(null));
        Assert.Equal(["2"], Ids(new() { Tags = ["x", "y"] }));
        Assert.Equal(["3"], Ids(new() { User = "bob" }));
        Assert.Equal(["3", "2"], Ids(new() { StartedFrom = second }));
        Assert.Equal(["1"], Ids(new() { StartedBefore = second }));
        Assert.Equal(["2"], Ids(new() { Tags = ["user:ada"], StartedFrom = second, Status = RunStatus.Succeeded }));
        Assert.Empty(Ids(new() { Status = RunStatus.Failed }));
        Assert.Empty(Ids(new() { Status = RunStatus.Lost }));

        IEnumerable<string> Ids(RunFilter? filter) => flow.Runs(filter).Select(run => run.Id);
    }

    [Fact]
    public async Task Runs_MoreThanAPage_AllCome()
    {
        using (var store = LocalStore.Open(_runs.Root))
        {
            for (var i = 1; i <= 250; i++)
            {
                Begin(store);
            }
        }

        using var client = _runs.Open();

        Assert.Equal(Enumerable.Range(1, 250).Reverse().Select(id => id.ToString(CultureInfo.InvariantCulture)), client.Flow("MarksFlow").Runs().Select(run => run.Id));
    }

    [Fact]
    public async Task Status_OfARunThatNobodyExecutes_IsLost()
    {
        using (var store = LocalStore.Open(_runs.Root))
        {
            Begin(store);
        }

        using var client = _runs.Open();
        var run = client.Run("MarksFlow/1");

        Assert.Equal(RunStatus.Lost, run.Status);
        Assert.Equal(RunStatus.Lost, await run.WhenFinishedAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["1"], client.Flow("MarksFlow").Runs(new() { Status = RunStatus.Lost }).Select(lost => lost.Id));
        Assert.Empty(client.Flow("MarksFlow").Runs(new() { Status = RunStatus.Running }));
        Assert.Null(run.Failure);
        Assert.Empty(run.Steps);
    }

    [Fact]
    public async Task WhenFinished_OfALiveRun_ComesWithItsEnd()
    {
        WaitingFlow.Reset();
        var running = _runs.RunAsync(new WaitingFlow());
        await WaitingFlow.Reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        using var client = _runs.Open();
        var run = client.Flow("WaitingFlow").LatestRun!;

        Assert.Equal(RunStatus.Running, run.Status);
        Assert.Null(run.Finished);
        Assert.Null(run.EndTask);
        Assert.Equal(1, run.Step("Start").SingleTask().Artifact<int>("Value"));
        Assert.Contains("has not reached step 'End'", Assert.Throws<ObjectNotFoundException>(() => run.Step("End")).Message, StringComparison.Ordinal);
        Assert.Contains("Running", Assert.Throws<ObjectNotFoundException>(() => run.Data<WaitingFlow>()).Message, StringComparison.Ordinal);
        Assert.Equal(["1"], client.Flow("WaitingFlow").Runs(new() { Status = RunStatus.Running }).Select(live => live.Id));
        var end = run.WhenFinishedAsync(TestContext.Current.CancellationToken);
        Assert.False(end.IsCompleted);

        WaitingFlow.Gate.SetResult();

        Assert.Equal(RunStatus.Succeeded, await end);
        Assert.Equal(2, run.Data<WaitingFlow>().Value);
        Assert.NotNull(run.Finished);
        await running;
    }

    [Fact]
    public async Task WhenFinished_Cancelled_Ends()
    {
        WaitingFlow.Reset();
        var running = _runs.RunAsync(new WaitingFlow());
        await WaitingFlow.Reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        using var client = _runs.Open();
        using var stop = new CancellationTokenSource();
        var end = client.Run("WaitingFlow/1").WhenFinishedAsync(stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => end);
        WaitingFlow.Gate.SetResult();
        await running;
    }

    private static void Begin(LocalStore store)
    {
        var now = TimeProvider.System.GetUtcNow();
        var folder = store.ClaimRun("MarksFlow", new RunClaim("MarksFlow", "ada", now, null, 0).Write());
        using var writer = folder.OpenWriter();
        var started = new RunStartedRecord
        {
            FlowName = "MarksFlow", RunId = folder.RunId, Started = now, UserName = "ada", SystemTags = ["user:ada"],
            Graph = Metaflow.Definitions.FlowRegistry.Get(typeof(MarksFlow)).Graph,
        };
        writer.Append(RecordKind.RunStarted, started.Write(), new TaskData().Write());
        writer.Commit();
    }
}
