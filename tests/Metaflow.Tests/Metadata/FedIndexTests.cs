using Metaflow.Metadata;
using Metaflow.Metadata.Index;
using Metaflow.Storage;
using Metaflow.Tests.Runtime;

namespace Metaflow.Tests.Metadata;

public sealed class FedIndexTests : IDisposable
{
    private readonly InProcessRun _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task Run_FailedThenResumed_FeedsWhatARebuildFinds()
    {
        FedFlow.FailingItem = 2;
        var (failed, _) = await _runs.RunAsync(new FedFlow());
        FedFlow.FailingItem = null;
        var (resumed, _) = await _runs.RunAsync(new FedFlow(), new(failed.RunId, Step: null));

        using var fed = StoreIndex.Open(_runs.Root, readOnly: false);
        Assert.True(fed.IsPersistent, fed.MemoryReason);
        Assert.Equal([1, 2], fed.SettledRuns(nameof(FedFlow)).Order());
        using var store = LocalStore.OpenReadOnly(_runs.Root);
        Assert.Equal(0, IndexCatchUp.Bring(fed, RunIndexSource.All(store), Assert.Null, TestContext.Current.CancellationToken));

        using var rebuilt = StoreIndex.Open(_runs.Root, readOnly: true);
        IndexCatchUp.Rebuild(rebuilt, RunIndexSource.All(store), Assert.Null, TestContext.Current.CancellationToken);
        Assert.Equivalent(rebuilt.Runs(new()), fed.Runs(new()), strict: true);
        foreach (var run in fed.Runs(new()))
        {
            Assert.Equal(Tasks(rebuilt, run), Tasks(fed, run));
        }

        Assert.Equal("failed", fed.Run(nameof(FedFlow), 1)!.Status);
        Assert.Equal(failed.RunId, fed.Run(nameof(FedFlow), 2)!.OriginRunId);
        Assert.Equal(resumed.Tasks, Tasks(fed, fed.Run(nameof(FedFlow), 2)!).Length);
    }

    /// <summary>By id: two readers need not come upon the steps in the same order.</summary>
    private static TaskRow[] Tasks(StoreIndex index, RunRow run) =>
        [.. index.Tasks(run.Flow, run.RunId, new()).OrderBy(task => task.TaskId)];
}

internal sealed partial class FedFlow : FlowSpec
{
    internal static int? FailingItem { get; set; }

    [Step]
    public Transition Start() => NextForEach(Enumerable.Range(0, 4), Work);

    [Step]
    public Transition Work(int item) => item == FailingItem
        ? throw new InvalidOperationException($"item {item}")
        : Next(Join);

    [Step]
    public Transition Join(JoinInputs<FedFlow> inputs) => Next(End);

    [Step]
    public void End()
    {
    }
}
