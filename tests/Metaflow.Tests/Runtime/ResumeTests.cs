using Metaflow.Metadata;
using Metaflow.Runtime;
using Metaflow.Storage;

namespace Metaflow.Tests.Runtime;

public sealed class ResumeTests : IDisposable
{
    private readonly InProcessRun _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task Resume_FailedForeachItem_ExecutesOnlyWhatIsMissing()
    {
        ResumedFlow.FailingItem = 3;
        var (failed, _) = await _runs.RunAsync(new ResumedFlow { Factor = 10 });
        ResumedFlow.FailingItem = null;

        var (resumed, events) = await _runs.RunAsync(new ResumedFlow(), new(failed.RunId, Step: null));

        Assert.Equal(RunStatus.Failed, failed.Status);
        Assert.Equal(RunStatus.Succeeded, resumed.Status);
        Assert.Equal(failed.Tasks, events.AdoptedTasks);
        Assert.DoesNotContain("Start", events.Started);
        Assert.Contains("Work", events.Started);

        // The parameter is the origin's, not the default: (0+1+2+3+4) * 10.
        Assert.Equal(100, _runs.Artifact<int>(nameof(ResumedFlow), resumed.RunId, "End", "Sum"));
    }

    [Fact]
    public async Task Resume_FromStep_ExecutesItAndAllAfterIt()
    {
        ResumedFlow.FailingItem = null;
        var (first, _) = await _runs.RunAsync(new ResumedFlow());

        var (resumed, events) = await _runs.RunAsync(new ResumedFlow(), new(first.RunId, Step: "Join"));

        Assert.Equal(RunStatus.Succeeded, resumed.Status);
        Assert.Equal(["Join", "End"], events.Started);
        Assert.Equal(11, events.AdoptedTasks);
    }

    [Fact]
    public async Task Resume_OfAResumedRun_TakesOverBoth()
    {
        ResumedFlow.FailingItem = 2;
        var (first, _) = await _runs.RunAsync(new ResumedFlow());
        ResumedFlow.FailingItem = 4;
        var (second, _) = await _runs.RunAsync(new ResumedFlow(), new(first.RunId, null));
        ResumedFlow.FailingItem = null;
        var (third, events) = await _runs.RunAsync(new ResumedFlow(), new(second.RunId, null));

        // The origins may go: what was taken over is shared, not referred to.
        Directory.Delete(RunPath(first.RunId), recursive: true);
        Directory.Delete(RunPath(second.RunId), recursive: true);

        Assert.Equal(RunStatus.Succeeded, third.Status);
        Assert.True(events.AdoptedTasks >= 2, $"{events.AdoptedTasks} tasks were taken over.");
        Assert.Equal(10, _runs.Artifact<int>(nameof(ResumedFlow), third.RunId, "Join", "Sum"));
    }

    [Fact]
    public async Task Resume_FinishedRun_HasNothingToDo()
    {
        ResumedFlow.FailingItem = null;
        var (first, _) = await _runs.RunAsync(new ResumedFlow());

        var (resumed, events) = await _runs.RunAsync(new ResumedFlow(), new(first.RunId, null));

        Assert.Equal(RunStatus.Succeeded, resumed.Status);
        Assert.Empty(events.Started);
        Assert.Equal(10, _runs.Artifact<int>(nameof(ResumedFlow), resumed.RunId, "End", "Sum"));
    }

    [Fact]
    public async Task Resume_UnknownStep_NamesTheStepsAndCreatesNothing()
    {
        ResumedFlow.FailingItem = null;
        var (first, _) = await _runs.RunAsync(new ResumedFlow());

        var fault = await Assert.ThrowsAsync<UsageException>(() => _runs.RunAsync(new ResumedFlow(), new(first.RunId, "Wrok")));

        Assert.Contains("Start, Work, More, Join, End", fault.Message, StringComparison.Ordinal);
        using var store = LocalStore.OpenReadOnly(_runs.Root);
        Assert.Equal(1, store.LatestRunId(nameof(ResumedFlow)));
    }

    [Fact]
    public async Task Resume_RunThatIsExecuted_SaysWhoHasIt()
    {
        ResumedFlow.FailingItem = null;
        var (first, _) = await _runs.RunAsync(new ResumedFlow());
        using var store = LocalStore.Open(_runs.Root);
        using var held = store.OpenRun(nameof(ResumedFlow), first.RunId).TryLock(RunLocks.Scheduler, "somebody else");

        var fault = await Assert.ThrowsAsync<MetaflowException>(() => _runs.RunAsync(new ResumedFlow(), new(first.RunId, null)));

        Assert.NotNull(held);
        Assert.Contains("somebody else", fault.Message, StringComparison.Ordinal);
    }

    private string RunPath(string runId) => Path.Join(_runs.Root, "runs", nameof(ResumedFlow), runId);
}

/// <summary>A foreach with two steps per item, one of which can be made to fail.</summary>
public partial class ResumedFlow : FlowSpec
{
    private static readonly AsyncLocal<int?> Failing = new();

    /// <summary>The item that fails, for the test that sets it.</summary>
    public static int? FailingItem
    {
        get => Failing.Value;
        set => Failing.Value = value;
    }

    [Parameter]
    public int Factor { get; init; } = 1;

    [Artifact]
    public partial int Value { get; set; }

    [Artifact]
    public partial int Sum { get; set; }

    [Step]
    public Transition Start() => NextForEach(Enumerable.Range(0, 5), Work);

    [Step]
    public Transition Work(int item)
    {
        if (item == FailingItem)
        {
            throw new InvalidOperationException($"item {item}");
        }

        Value = item * Factor;
        return Next(More);
    }

    [Step]
    public Transition More() => Next(Join);

    [Step]
    public Transition Join(JoinInputs<ResumedFlow> inputs)
    {
        Sum = inputs.Sum(input => input.Value);
        return Next(End);
    }

    [Step]
    public void End()
    {
    }
}
