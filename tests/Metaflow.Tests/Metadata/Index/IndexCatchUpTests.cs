using Metaflow.Metadata.Index;
using static Metaflow.Tests.Metadata.Index.IndexFolder;

namespace Metaflow.Tests.Metadata.Index;

public sealed class IndexCatchUpTests : IDisposable
{
    private readonly StoreIndex _index = StoreIndex.Open(Path.GetTempPath(), readOnly: true);

    public void Dispose() => _index.Dispose();

    [Fact]
    public void Bring_UnknownRun_IndexesAllOfIt()
    {
        var source = new FakeRun(Run("F", 1, IndexStatus.Succeeded, tags: ["x"], watermark: 35), Tasks(3));

        Assert.Equal(1, IndexCatchUp.Bring(_index, [source], TestContext.Current.CancellationToken));

        Assert.Equal(Tasks(3), _index.Tasks("F", 1, new()));
        Assert.Equal(35ul, _index.Run("F", 1)!.Watermark);
        Assert.Equal(["x"], _index.Run("F", 1)!.Tags);
    }

    [Fact]
    public void Bring_UpToDate_ReadsNothing()
    {
        var source = new FakeRun(Run("F", 1, IndexStatus.Succeeded, watermark: 35), Tasks(3));
        IndexCatchUp.Bring(_index, [source], TestContext.Current.CancellationToken);
        source.Reads.Clear();

        Assert.Equal(0, IndexCatchUp.Bring(_index, [source], TestContext.Current.CancellationToken));

        Assert.Empty(source.Reads);
    }

    [Fact]
    public void Bring_RunThatGrew_ReadsOnlyWhatIsNew()
    {
        IndexCatchUp.Bring(_index, [new FakeRun(Run("F", 1, watermark: 20), Tasks(2))], TestContext.Current.CancellationToken);
        var source = new FakeRun(Run("F", 1, IndexStatus.Failed, watermark: 55), Tasks(5));

        Assert.Equal(1, IndexCatchUp.Bring(_index, [source], TestContext.Current.CancellationToken));

        Assert.Equal([20ul], source.Reads);
        Assert.Equal(Tasks(5), _index.Tasks("F", 1, new()));
        Assert.Equal(IndexStatus.Failed, _index.Run("F", 1)!.Status);
        Assert.Equal(55ul, _index.Run("F", 1)!.Watermark);
    }

    [Fact]
    public void Bring_RunThatShrank_IsIndexedAfresh()
    {
        IndexCatchUp.Bring(_index, [new FakeRun(Run("F", 1, watermark: 50), Tasks(5))], TestContext.Current.CancellationToken);

        IndexCatchUp.Bring(_index, [new FakeRun(Run("F", 1, watermark: 20), Tasks(2))], TestContext.Current.CancellationToken);

        Assert.Equal(Tasks(2), _index.Tasks("F", 1, new()));
        Assert.Equal(20ul, _index.Run("F", 1)!.Watermark);
    }

    [Fact]
    public void Bring_RunThatGrowsMeanwhile_StaysBehindItsNewHead()
    {
        // The attempts that are read are later than the state that was read before them.
        var source = new FakeRun(Run("F", 1, watermark: 100), Tasks(10_000));

        IndexCatchUp.Bring(_index, [source], TestContext.Current.CancellationToken);

        Assert.Equal(100ul, _index.Run("F", 1)!.Watermark);
        Assert.Equal(10_000, _index.Tasks("F", 1, new() { Limit = 10_000 }).Count);
    }

    [Fact]
    public void Bring_ReaderFailsHalfWay_ContinuesThereNextTime()
    {
        var broken = new FakeRun(Run("F", 1, watermark: 250_000), Tasks(25_000)) { FailAfter = 15_000 };
        Assert.Throws<IOException>(() => IndexCatchUp.Bring(_index, [broken], TestContext.Current.CancellationToken));
        var sound = new FakeRun(Run("F", 1, watermark: 250_000), Tasks(25_000));

        IndexCatchUp.Bring(_index, [sound], TestContext.Current.CancellationToken);

        Assert.Equal([100_000ul], sound.Reads);
        Assert.Equal(25_000, Assert.Single(_index.Steps("F", 1)).Attempts);
    }

    [Fact]
    public void Bring_Cancelled_Stops()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(
            () => IndexCatchUp.Bring(_index, [new FakeRun(Run("F", 1, watermark: 1), [])], cancelled.Token));
    }

    [Fact]
    public void Rebuild_IndexWithStrangers_HasOnlyTheStoresRuns()
    {
        _index.UpsertRun(Run("Gone", 1, tags: ["gone"]));
        _index.AddTasks("Gone", 1, Tasks(3), 30);

        var sources = new[] { 1, 2 }.Select(run => new FakeRun(Run("F", run, watermark: 30), Tasks(3)));
        Assert.Equal(2, IndexCatchUp.Rebuild(_index, sources, TestContext.Current.CancellationToken));

        Assert.Equal(["F"], _index.Flows());
        Assert.Equal([2, 1], _index.Runs(new()).Select(run => run.RunId).OrderDescending());
    }
}

/// <summary>A run whose records are a list.</summary>
internal sealed class FakeRun(RunRow run, TaskRow[] tasks) : IIndexSource
{
    public List<ulong> Reads { get; } = [];

    public int FailAfter { get; init; } = int.MaxValue;

    public string Flow => run.Flow;

    public long RunId => run.RunId;

    public ulong GetHead() => run.Watermark;

    public RunRow ReadRun() => run;

    public IEnumerable<TaskRow> ReadTasks(ulong after)
    {
        Reads.Add(after);
        return tasks.Where(task => task.Address > after)
            .Select((task, i) => i < FailAfter ? task : throw new IOException("The disk is gone."));
    }
}
