using Metaflow.Client;
using Metaflow.Testing;
using Metaflow.Tests.Cli;
using Microsoft.Extensions.DependencyInjection;

namespace Metaflow.Tests.Testing;

public sealed class FlowTestTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunStep_GivenArtifactsAndItem_StoresWhatTheStepMade()
    {
        var test = new FlowTest<TestedSampleFlow>(new() { Top = 2, Words = ["delta", "alpha", "beta"] }).Item("a", index: 1, count: 3);

        var task = await test.RunStepAsync(nameof(TestedSampleFlow.Pick), Token);

        Assert.Equal(TaskOutcome.Succeeded, task.Outcome);
        Assert.Equal(["alpha", "beta"], task.Flow.Picked);
        Assert.Equal(1, task.Flow.Index);
        Assert.Equal([nameof(TestedSampleFlow.Join)], task.Targets);
        Assert.Equal("picking for a", Assert.Single(task.Log).Text);
    }

    [Fact]
    public async Task RunStep_SetByMember_IsWhatTheStepReads()
    {
        var task = await new FlowTest<TestedSampleFlow>()
            .Set(flow => flow.Top, 1).Set(flow => flow.Words, ["b", "a"]).Item("x")
            .RunStepAsync(nameof(TestedSampleFlow.Pick), Token);

        Assert.Equal(["a"], task.Flow.Picked);
    }

    [Fact]
    public async Task RunStep_GivenFile_IsReadByTheStep()
    {
        var task = await new FlowTest<TestedFileFlow>().Set(flow => flow.Table, IncludedFile.FromText("a,b"))
            .RunStepAsync(nameof(TestedFileFlow.End), Token);

        Assert.Equal("a,b", task.Flow.Text);
    }

    [Theory]
    [InlineData(null, "shop user.tester shop.user.tester.ShopFlow False True")]
    [InlineData("prod", "shop prod shop.prod.ShopFlow True False")]
    public async Task Run_FlowInAProject_KnowsTheBranchOfTheTest(string? branch, string expected)
    {
        var test = new FlowTest<ShopFlow> { BranchName = branch };

        Assert.Equal(expected, (await test.RunStepAsync(nameof(ShopFlow.Start), Token)).Flow.Facts);
        Assert.Equal(expected, (await test.RunAsync(Token)).Flow.Facts);
    }

    [Fact]
    public async Task RunStep_FirstStep_ShowsItsTransition()
    {
        var task = await new FlowTest<TestedSampleFlow>().RunStepAsync(nameof(TestedSampleFlow.Start), Token);

        Assert.Equal(TransitionKind.ForEach, task.Transition);
        Assert.Equal(2, task.ItemCount);
        Assert.Equal([nameof(TestedSampleFlow.Pick)], task.Targets);
    }

    [Fact]
    public async Task RunStep_Join_GetsBranchesWithTheirItems()
    {
        var task = await new FlowTest<TestedSampleFlow>()
            .Input(new() { Picked = ["one"] }, "x").Input(new() { Picked = ["two", "three"] }, "y")
            .RunStepAsync(nameof(TestedSampleFlow.Join), Token);

        Assert.Equal("x:1 y:2", task.Flow.Summary);
    }

    [Fact]
    public async Task RunStep_JoinOfASplit_FindsBranchesByStep()
    {
        var task = await new FlowTest<TestedSplitFlow>()
            .Branch(nameof(TestedSplitFlow.Left), new() { Value = 1 }).Branch(nameof(TestedSplitFlow.Right), new() { Value = 20 })
            .RunStepAsync(nameof(TestedSplitFlow.Join), Token);

        Assert.Equal(19, task.Flow.Value);
    }

    [Fact]
    public async Task RunStep_MissingArtifact_FailsAsInARun()
    {
        var task = await new FlowTest<TestedSampleFlow>().Item("x").RunStepAsync(nameof(TestedSampleFlow.Pick), Token);

        Assert.Equal(TaskOutcome.Failed, task.Outcome);
        Assert.Contains("artifact 'Words' is read", task.Error!.Message, StringComparison.Ordinal);
        Assert.Throws<MetaflowException>(() => task.Flow);
    }

    [Fact]
    public async Task RunStep_FailingAttempts_AreRetriedAtOnce()
    {
        var test = new FlowTest<TestedSampleFlow>(new() { Words = [] });
        test.Faults.Fail(nameof(TestedSampleFlow.Fetch), new IOException("away"), attempt: 0).Crash(nameof(TestedSampleFlow.Fetch), attempt: 1);
        var before = test.Clock.GetUtcNow();

        var task = await test.RunStepAsync(nameof(TestedSampleFlow.Fetch), Token);

        Assert.Equal(["away", "The process of the task was killed by signal 9 (SIGKILL): a fault of the test.", null], task.Attempts.Select(attempt => attempt.Error?.Message));
        Assert.Equal([TaskOutcome.Retrying, TaskOutcome.Retrying, TaskOutcome.Succeeded], task.Attempts.Select(attempt => attempt.Outcome));
        Assert.True(test.Clock.GetUtcNow() - before >= TimeSpan.FromMinutes(20));
    }

    [Fact]
    public async Task RunStep_TimeOut_FiresTheTokenWithoutWaiting()
    {
        var test = new FlowTest<TestedSampleFlow>(new() { Words = [] });
        test.Faults.TimeOut(nameof(TestedSampleFlow.Fetch), attempt: null);

        var task = await test.RunStepAsync(nameof(TestedSampleFlow.Fetch), Token);

        Assert.Equal(TaskOutcome.Caught, task.Outcome);
        Assert.Contains("timed out after 3600 seconds", task.Flow.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunStep_FullDisk_FailsTheStep()
    {
        var test = new FlowTest<TestedSampleFlow>(new() { Words = [] });
        test.Faults.StoreWrites = 0;

        var task = await test.RunStepAsync(nameof(TestedSampleFlow.Large), Token);

        Assert.Equal(TaskOutcome.Failed, task.Outcome);
        Assert.Contains("No space left", task.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunStep_FlowWithServices_GetsFakes()
    {
        var test = new FlowTest<ServedFlow>();
        test.Services.AddSingleton<IGreeter>(new FakeGreeter());

        var task = await test.RunStepAsync(nameof(ServedFlow.Start), Token);

        Assert.Equal("fake greets tester", task.Flow.Greeting);
    }

    [Fact]
    public async Task RunStep_UnknownStep_NamesTheSteps()
    {
        var fault = await Assert.ThrowsAsync<ArgumentException>(() => new FlowTest<TestedSampleFlow>().RunStepAsync("Pik", Token));

        Assert.Contains("Start, Pick, Join", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WholeFlow_LeavesEveryTask()
    {
        var run = await new FlowTest<TestedSampleFlow>(new() { Top = 1 }).RunAsync(Token);

        Assert.True(run.IsSuccessful, run.Failure);
        Assert.Equal(["Start", "Pick", "Pick", "Join", "Fetch", "Large", "End"], run.Tasks.Select(task => task.Step));
        Assert.Equal("a:1 b:1", run.Task("Join").Flow.Summary);
        Assert.Equal([0, 1], run.TasksOf("Pick").Select(task => task.Index!.Value));
        Assert.Equal(100_000, run.Flow.Numbers.Length);
    }

    [Fact]
    public async Task Run_FaultsAndDelays_TakeNoTime()
    {
        var test = new FlowTest<TestedSampleFlow>();
        test.Faults.Fail("Fetch", attempt: 0).Crash("Fetch", attempt: 1);

        var run = await test.RunAsync(Token);

        Assert.True(run.IsSuccessful, run.Failure);
        Assert.Equal(3, run.Task("Fetch").Attempts.Count);
        Assert.True(run.Elapsed >= TimeSpan.FromMinutes(20));
    }

    [Fact]
    public async Task Run_CrashThatIsCaught_GoesOn()
    {
        var test = new FlowTest<TestedSampleFlow>();
        test.Faults.Crash("Fetch", attempt: null);

        var run = await test.RunAsync(Token);

        Assert.True(run.IsSuccessful, run.Failure);
        Assert.Equal(TaskOutcome.Caught, run.Task("Fetch").Outcome);
        Assert.Contains("SIGKILL", run.Task("Fetch").Flow.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_StepThatFailsForOneItem_FailsTheRun()
    {
        var test = new FlowTest<TestedSampleFlow>();
        test.Faults.Fail("Pick", new InvalidOperationException("bad item"), attempt: null, index: 1);

        var run = await test.RunAsync(Token);

        Assert.False(run.IsSuccessful);
        Assert.Contains("bad item", run.Failure, StringComparison.Ordinal);
        Assert.Equal([TaskOutcome.Succeeded, TaskOutcome.Failed], run.TasksOf("Pick").Select(task => task.Outcome));
    }

    [Fact]
    public async Task Run_ReplacedStep_RunsTheFake()
    {
        var run = await new FlowTest<TestedSampleFlow>()
            .Replace("Join", flow =>
            {
                flow.Summary = "fake";
                flow.Words = [];
                return TestedSampleFlow.AfterJoin(flow);
            })
            .RunAsync(Token);

        Assert.True(run.IsSuccessful, run.Failure);
        Assert.Equal("fake", run.Flow.Summary);
    }

    [Fact]
    public async Task Run_FullDisk_FailsWithoutThrowing()
    {
        var test = new FlowTest<TestedSampleFlow>();
        test.Faults.StoreWrites = 2;

        var run = await test.RunAsync(Token);

        Assert.False(run.IsSuccessful);
        Assert.Contains("No space left", run.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Clock_Timers_FireInOrderAsTimePasses()
    {
        var clock = new TestClock();
        var fired = new List<string>();
        using var late = clock.CreateTimer(_ => fired.Add("late"), null, TimeSpan.FromSeconds(2.5), Timeout.InfiniteTimeSpan);
        using var often = clock.CreateTimer(_ => fired.Add("often"), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));

        clock.Advance(TimeSpan.FromSeconds(3.5));

        Assert.Equal(["often", "late", "often"], fired);
        Assert.Equal(new(2030, 1, 1, 0, 0, 3, 500, TimeSpan.Zero), clock.GetUtcNow());
    }

    private sealed class FakeGreeter : IGreeter
    {
        public string Greet(string name) => $"fake greets {name}";
    }
}

/// <summary>What a flow of the tests takes.</summary>
public interface IGreeter
{
    /// <summary>Greets.</summary>
    string Greet(string name);
}

/// <summary>A flow with a service.</summary>
public sealed partial class ServedFlow(IGreeter greeter) : FlowSpec
{
    [Artifact]
    public partial string Greeting { get; set; }

    [Step]
    public Transition Start()
    {
        Greeting = greeter.Greet(Current.UserName);
        return Next(End);
    }

    [Step]
    public void End()
    {
    }
}

/// <summary>A split into steps.</summary>
public sealed partial class TestedFileFlow : FlowSpec
{
    [Artifact]
    public partial IncludedFile Table { get; set; }

    [Artifact]
    public partial string Text { get; set; }

    [Step]
    public Transition Start()
    {
        Table = "table.csv";
        return Next(End);
    }

    [Step]
    public void End() => Text = Table.ReadAllText();
}

public sealed partial class TestedSplitFlow : FlowSpec
{
    [Artifact]
    public partial int Value { get; set; }

    [Step]
    public Transition Start() => Next(Left, Right);

    [Step]
    public Transition Left()
    {
        Value = 1;
        return Next(Join);
    }

    [Step]
    public Transition Right()
    {
        Value = 2;
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<TestedSplitFlow> inputs)
    {
        Value = inputs[Right].Value - inputs[Left].Value;
        return Next(End);
    }

    [Step]
    public void End()
    {
    }
}

/// <summary>A flow with a foreach, a join and a step that fails in interesting ways.</summary>
public sealed partial class TestedSampleFlow : FlowSpec
{
    [Parameter]
    public int Top { get; init; } = 2;

    [Artifact]
    public partial IReadOnlyList<string> Words { get; set; }

    [Artifact]
    public partial IReadOnlyList<string> Picked { get; set; }

    [Artifact]
    public partial string Summary { get; set; }

    [Artifact]
    public partial double[] Numbers { get; set; }

    [Artifact]
    public partial CaughtException? Fault { get; set; }

    /// <summary>Where the join leads.</summary>
    public static Transition AfterJoin(TestedSampleFlow flow) => Next(flow.Fetch);

    [Step]
    public Transition Start()
    {
        Words = ["gamma", "beta", "alpha"];
        return NextForEach(["a", "b"], Pick);
    }

    [Step]
    public Transition Pick(string item)
    {
        Console.WriteLine($"picking for {item}");
        Picked = [.. Words.Order(StringComparer.Ordinal).Take(Top)];
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<TestedSampleFlow> inputs)
    {
        Summary = string.Join(' ', inputs.Select(input => $"{input.Input<string>()}:{input.Picked.Count}"));
        MergeArtifacts(inputs, exclude: [nameof(Picked)]);
        return Next(Fetch);
    }

    [Step, Retry(Times = 2, DelaySeconds = 600), Timeout(Hours = 1), Catch(Var = nameof(Fault), PrintException = false)]
    public Transition Fetch() => Next(Large);

    [Step]
    public Transition Large()
    {
        Numbers = [.. Enumerable.Range(0, 100_000).Select(i => (double)i * i)];
        return Next(End);
    }

    [Step]
    public void End()
    {
    }
}
