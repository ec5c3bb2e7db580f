using Metaflow.Client;

namespace Metaflow.Tests.Client;

/// <summary>Filters by values, asynchronous lists, and names as people type them.</summary>
public sealed class ClientFilterTests : IDisposable
{
    private readonly ClientRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData("Bonus=2", "2")]
    [InlineData("bonus>=2", "3,2")]
    [InlineData("Bonus<2", "1")]
    [InlineData("Bonus!=2", "3,1")]
    [InlineData("Bonus>10", "")]
    [InlineData("Nothing=2", "")]
    [InlineData("Names~B", "")]
    public async Task Runs_ByParameter_AreThoseThatFulfilIt(string condition, string expected)
    {
        foreach (var bonus in (int[])[1, 2, 30])
        {
            await _runs.RunAsync(new MarksFlow { Bonus = bonus == 30 ? 3 : bonus });
        }

        using var client = _runs.Open();

        var found = client.Flow("MarksFlow").Runs(new() { Parameters = [ValueCondition.Parse(condition)] }).Select(run => run.Id);

        Assert.Equal(expected, string.Join(',', found));
    }

    [Fact]
    public async Task Runs_ByArtifact_AreThoseWhoseEndFulfilsIt()
    {
        await _runs.RunAsync(new MarksFlow { Bonus = 1 });
        await _runs.RunAsync(new MarksFlow { Bonus = 9 });
        await _runs.RunAsync(new TroubleFlow());
        using var client = _runs.Open();

        var found = client.Runs(new() { Artifacts = [ValueCondition.Parse("marks.bo > 5")] }).Select(run => run.PathSpec);

        Assert.Equal(["MarksFlow/2"], found);
    }

    [Fact]
    public async Task Tasks_ByArtifactAndLabel_AreThoseThatFulfilBoth()
    {
        await _runs.RunAsync(new MarksFlow());
        using var client = _runs.Open();
        var step = client.Step("MarksFlow/1/Rate");

        Assert.Equal(["Cy", "Di"], step.Tasks(new TaskFilter { Artifacts = [ValueCondition.Parse("Mark>=4")] }).Select(task => task.Label));
        Assert.Equal(["Di"], step.Tasks(new TaskFilter { Artifacts = [ValueCondition.Parse("Pupil=Di")] }).Select(task => task.Label));
        Assert.Equal(["Bo"], step.Tasks(new TaskFilter { Label = "Bo" }).Select(task => task.Label));
        Assert.Empty(step.Tasks(new TaskFilter { Outcome = TaskOutcome.Failed }));
        Assert.Empty(step.Tasks(new TaskFilter { StartedBefore = step.Started }));
        Assert.Equal(3, step.Tasks(new TaskFilter { StartedFrom = step.Started }).Count());
    }

    [Theory]
    [InlineData("Top")]
    [InlineData("=3")]
    [InlineData("")]
    public void Parse_NoCondition_IsRefused(string text) =>
        Assert.Contains("is no condition", Assert.Throws<UsageException>(() => ValueCondition.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("a=1")]
    [InlineData("a!=1")]
    [InlineData("a<=1")]
    [InlineData("a~=")]
    public void Parse_Condition_IsWrittenAsItWas(string text) => Assert.Equal(text, ValueCondition.Parse(text).ToString());

    [Fact]
    public async Task AsyncLists_OverSeveralPages_AreTheSame()
    {
        await _runs.RunAsync(new MarksFlow { Names = [.. Enumerable.Range(0, 250).Select(i => $"n{i}")] });
        using var client = _runs.Open();
        var step = client.Step("MarksFlow/1/Rate");

        var ids = new List<string>();
        await foreach (var task in step.TasksAsync(cancellationToken: TestContext.Current.CancellationToken))
        {
            ids.Add(task.Id);
        }

        Assert.Equal(step.Tasks().Select(task => task.Id), ids);
        var lines = new List<string>();
        await foreach (var line in client.Step("MarksFlow/1/Start").SingleTask().LogsAsync(TestContext.Current.CancellationToken))
        {
            lines.Add(line.Text);
        }

        Assert.Equal(["careful", "started", "starting"], lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AsyncList_Cancelled_Ends()
    {
        await _runs.RunAsync(new MarksFlow());
        using var client = _runs.Open();
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var run in client.RunsAsync(cancellationToken: stop.Token))
            {
                Assert.Fail(run.PathSpec);
            }
        });
    }

    [Fact]
    public async Task RunningTasks_OfALiveRun_AreListedWithTheirLogs()
    {
        WaitingFlow.Reset();
        var running = _runs.RunAsync(new WaitingFlow());
        await WaitingFlow.Reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        using var client = _runs.Open();
        var run = client.Run("WaitingFlow/1");

        var task = Assert.Single(run.RunningTasks);

        Assert.Equal(("Middle", "WaitingFlow/1/Middle/2", 0), (task.StepName, task.PathSpec, task.Attempt));
        Assert.True(task.Started >= run.Started);
        Assert.True(task.Logs().All(line => line.Text == "waiting"));
        Assert.NotNull(run.Duration);
        WaitingFlow.Gate.SetResult();
        await running;
        Assert.Empty(run.RunningTasks);
        Assert.False(File.Exists(Path.Join(_runs.Root, "runs", "WaitingFlow", "1", "running")));
    }

    [Fact]
    public async Task Artifact_DeclaredButNeverSet_SaysSo()
    {
        await _runs.RunAsync(new MarksFlow());
        using var client = _runs.Open();
        var end = client.Run("MarksFlow/1").EndTask!;

        var notSet = Assert.Throws<ArtifactNotSetException>(() => end.Artifact("Mark"));
        var unknown = Assert.Throws<ObjectNotFoundException>(() => client.Artifact($"{end.PathSpec}/Weihgts"));

        Assert.Contains("is not set in MarksFlow/1/End", notSet.Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'Marks'?", notSet.Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'Weights'?", unknown.Message, StringComparison.Ordinal);
        Assert.Equal([0.5, 1.5], client.Artifact($"{end.PathSpec}/Weights").Read<double[]>());
        Assert.Throws<ArgumentException>(() => client.Artifact("MarksFlow/1"));
    }

    [Fact]
    public async Task Step_Neighbours_AreThoseOfTheGraph()
    {
        await _runs.RunAsync(new MarksFlow());
        using var client = _runs.Open();
        var rate = client.Step("MarksFlow/1/Rate");
        var task = rate.Tasks().First();

        Assert.Equal(["Start"], rate.ParentSteps);
        Assert.Equal(["Join"], rate.ChildSteps);
        Assert.Equal(task.Duration, task.Finished - task.Started);
        Assert.False(task.IsAdopted);
        Assert.Equal("Succeeded", task.Metadata["outcome"]);
    }

    [Fact]
    public async Task Finder_NamesAsTyped_FindWhatIsMeant()
    {
        await _runs.RunAsync(new MarksFlow());
        await _runs.RunAsync(new MarksFlow());
        await _runs.RunAsync(new TroubleFlow());
        using var client = _runs.Open();

        Assert.Equal("MarksFlow", ObjectFinder.Flow(client, "marksflow").Name);
        Assert.Equal("MarksFlow/2", ObjectFinder.Run(client, "mar/latest").PathSpec);
        Assert.Equal("MarksFlow/1/Rate", ObjectFinder.Step(client, "MarksFlow/1/ra").PathSpec);
        Assert.Equal("MarksFlow/1/Start/1", ObjectFinder.Task(client, "marks/1/start/1").PathSpec);
        Assert.Equal("Weights", ObjectFinder.Artifact(ObjectFinder.Task(client, "marks/1/start/1"), "we").Name);
    }

    [Theory]
    [InlineData("Mraks/1", typeof(ObjectNotFoundException), "There is no flow 'Mraks'")]
    [InlineData("Mraksflow/1", typeof(ObjectNotFoundException), "Did you mean 'MarksFlow'?")]
    [InlineData("MarksFlow/7", typeof(ObjectNotFoundException), "The latest run of MarksFlow is 1.")]
    [InlineData("MarksFlow/x", typeof(UsageException), "'x' is not the id of a run")]
    [InlineData("MarksFlow", typeof(UsageException), "FLOW/RUN")]
    [InlineData("m/1", typeof(AmbiguousObjectException), "MarksFlow, MixedFlow")]
    public async Task Finder_WrongName_SaysWhatThereIs(string path, Type type, string message)
    {
        await _runs.RunAsync(new MarksFlow());
        await _runs.RunAsync(new MixedFlow());
        using var client = _runs.Open();

        var fault = Assert.Throws(type, () => ObjectFinder.Run(client, path));

        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finder_RunOutsideTheNamespace_SaysHowToSeeIt()
    {
        await _runs.RunAsync(new MarksFlow(), user: "bob");
        using var client = _runs.Open();

        var fault = Assert.Throws<NamespaceMismatchException>(() => ObjectFinder.Run(client, "MarksFlow/1"));

        Assert.Contains("client.Namespace", fault.Message, StringComparison.Ordinal);
    }
}

/// <summary>Begins as another one does.</summary>
public partial class MixedFlow : FlowSpec
{
    [Step]
    public Transition Start() => Next(End);

    [Step]
    public void End()
    {
    }
}
