using Metaflow.Metadata.Index;
using static Metaflow.Tests.Metadata.Index.IndexFolder;

namespace Metaflow.Tests.Metadata.Index;

public sealed class IndexCatchUpTests : IDisposable
{
    private readonly StoreIndex _index = StoreIndex.Open(Path.GetTempPath(), readOnly: true);
    private readonly List<MetaflowException> _unreadable = [];
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    public void Dispose() => _index.Dispose();

    [Fact]
    public void Bring_UnknownRun_IndexesAllOfIt()
    {
        var source = new FakeRun(Run("F", 1, IndexStatus.Succeeded, tags: ["x"], watermark: 35), Tasks(3));

        Assert.Equal(1, IndexCatchUp.Bring(_index, [source], _unreadable.Add, _cancellation));

        Assert.Equal(Tasks(3), _index.Tasks("F", 1, new()));
        Assert.Equal(At(35), _index.Run("F", 1)!.Watermark);
        Assert.Equal(["x"], _index.Run("F", 1)!.Tags);
    }

    [Fact]
    public void Bring_RunThatNobodyExecutes_IsLostUntilSomebodyDoes()
    {
        var source = new FakeRun(Run("F", 1, watermark: 35), Tasks(3)) { IsExecuted = false };

        Assert.Equal(1, IndexCatchUp.Bring(_index, [source], _unreadable.Add, _cancellation));
        Assert.Equal(IndexStatus.Lost, _index.Run("F", 1)!.Status);
        Assert.Equal([1], _index.SettledRuns("F"));
        Assert.Equal(0, IndexCatchUp.Bring(_index, [source], _unreadable.Add, _cancellation));

        source.IsExecuted = true;
        Assert.Equal(1, IndexCatchUp.Bring(_index, [source], _unreadable.Add, _cancellation));
        Assert.Equal(IndexStatus.Running, _index.Run("F", 1)!.Status);
        Assert.Empty(_index.SettledRuns("F"));
    }

    [Fact]
    public void Bring_LostRunWhoseSchedulerEndsItAfterAll_HasThatEnd()
    {
        IndexCatchUp.Bring(_index, [new FakeRun(Run("F", 1, watermark: 35), Tasks(3)) { IsExecuted = false }], _unreadable.Add, _cancellation);

        _index.Apply(Run("F", 1, IndexStatus.Succeeded, watermark: 90), isScheduler: true, [], At(35));

        Assert.Equal(IndexStatus.Succeeded, _index.Run("F", 1)!.Status);
    }

    [Fact]
    public void Bring_MarkedRun_IsSettledOnlyOnceNobodyWritesToIt()
    {
        var source = new FakeRun(Run("F", 1, IndexStatus.Succeeded, watermark: 35), Tasks(3)) { IsExecuted = false };
        IndexCatchUp.Bring(_index, [source], _unreadable.Add, _cancellation);
        Assert.Empty(_index.UnsettledRuns("F"));

        Assert.True(_index.Unsettle("F", 1));
        source.IsTagged = true;
        IndexCatchUp.Bring(_index, [source], _unreadable.Add, _cancellation);
        Assert.Equal([1], _index.UnsettledRuns("F"));

        source.IsTagged = false;
        IndexCatchUp.Bring(_index, [source], _unreadable.Add, _cancellation);
        Assert.Empty(_index.UnsettledRuns("F"));
    }

    [Fact]
    public void Settle_RunThatWasMarkedMeanwhile_ChangesNothing()
    {
        _index.UpsertRun(Run("F", 1, IndexStatus.Succeeded, watermark: 35));
        var before = _index.Settling("F", 1)!.Value;
        Assert.True(_index.Unsettle("F", 1));

        _index.Settle("F", 1, before.Marks);
        Assert.Equal([1], _index.UnsettledRuns("F"));

        // Nor does the end of the run: its scheduler does not know what the other wrote.
        _index.Apply(Run("F", 1, IndexStatus.Succeeded, watermark: 90), isScheduler: true, [], At(35));
        Assert.Equal([1], _index.UnsettledRuns("F"));
        Assert.False(_index.Unsettle("F", 2));
    }

    [Fact]
    public void Bring_UpToDate_ReadsNothing()
    {
        var source = new FakeRun(Run("F", 1, IndexStatus.Succeeded, watermark: 35), Tasks(3));
        IndexCatchUp.Bring(_index, [source], _unreadable.Add, _cancellation);
        source.Reads.Clear();

        Assert.Equal(0, IndexCatchUp.Bring(_index, [source], _unreadable.Add, _cancellation));

        Assert.Empty(source.Reads);
    }

    [Fact]
    public void Bring_RunThatGrew_ReadsOnlyWhatIsNew()
    {
        IndexCatchUp.Bring(_index, [new FakeRun(Run("F", 1, watermark: 20), Tasks(2))], _unreadable.Add, _cancellation);
        var source = new FakeRun(Run("F", 1, IndexStatus.Failed, watermark: 55), Tasks(5));

        Assert.Equal(1, IndexCatchUp.Bring(_index, [source], _unreadable.Add, _cancellation));

        Assert.Equal([At(20)], source.Reads);
        Assert.Equal(Tasks(5), _index.Tasks("F", 1, new()));
        Assert.Equal(IndexStatus.Failed, _index.Run("F", 1)!.Status);
        Assert.Equal(At(55), _index.Run("F", 1)!.Watermark);
    }

    [Fact]
    public void Bring_TagsInASegmentOfTheirOwn_AreFoundThoughTheSchedulerWroteMeanwhile()
    {
        _index.Apply(Run("F", 1, watermark: 10), isScheduler: true, Tasks(1), Watermark.None);
        var tagged = Run("F", 1, tags: ["later"]) with { Watermark = At(10).Union(At(99, segment: 2)) };
        _index.AddTasks("F", 1, Tasks(1, first: 2), At(10), At(20));

        var source = new FakeRun(tagged with { Watermark = At(20).Union(At(99, segment: 2)) }, Tasks(2));
        Assert.Equal(1, IndexCatchUp.Bring(_index, [source], _unreadable.Add, _cancellation));
        _index.AddTasks("F", 1, Tasks(1, first: 3), At(20), At(30));

        var run = _index.Run("F", 1)!;
        Assert.Equal(["later"], run.Tags);
        Assert.Equal(At(30).Union(At(99, segment: 2)), run.Watermark);
        Assert.Equal(Tasks(3), _index.Tasks("F", 1, new()));
    }

    [Fact]
    public void Bring_RunThatLostItsEnd_IsIndexedAfresh()
    {
        IndexCatchUp.Bring(_index, [new FakeRun(Run("F", 1, watermark: 50), Tasks(5))], _unreadable.Add, _cancellation);

        IndexCatchUp.Bring(_index, [new FakeRun(Run("F", 1, watermark: 20), Tasks(2))], _unreadable.Add, _cancellation);

        Assert.Equal(Tasks(2), _index.Tasks("F", 1, new()));
        Assert.Equal(At(20), _index.Run("F", 1)!.Watermark);
    }

    [Fact]
    public void Bring_RunThatCannotBeRead_IsReportedAndContinuedNextTime()
    {
        var broken = new FakeRun(Run("F", 1, watermark: 30_000), Tasks(3_000)) { SoundParts = 2 };
        var other = new FakeRun(Run("F", 2, watermark: 30), Tasks(3));
        Assert.Equal(1, IndexCatchUp.Bring(_index, [broken, other], _unreadable.Add, _cancellation));
        Assert.Equal("F/1 is gone.", Assert.Single(_unreadable).Message);
        Assert.Equal(3, _index.Tasks("F", 2, new()).Count);
        var sound = new FakeRun(Run("F", 1, watermark: 30_000), Tasks(3_000));

        IndexCatchUp.Bring(_index, [sound], _unreadable.Add, _cancellation);

        Assert.Equal([At(20_000)], sound.Reads);
        Assert.Equal(3_000, Assert.Single(_index.Steps("F", 1)).Attempts);
    }

    [Fact]
    public void Bring_IndexEmptiedMeanwhile_ClaimsNothingThatIsMissing()
    {
        var cleared = false;
        var source = new FakeRun(Run("F", 1, watermark: 50), Tasks(5))
        {
            PartRows = 2,
            WhileReading = () =>
            {
                if (!cleared && _index.Steps("F", 1) is [{ Attempts: 2 }])
                {
                    cleared = true;
                    _index.Clear();
                }
            },
        };

        IndexCatchUp.Bring(_index, [source], _unreadable.Add, _cancellation);

        Assert.True(cleared);
        Assert.Equal(Watermark.None, _index.Run("F", 1)!.Watermark);
        IndexCatchUp.Bring(_index, [source], _unreadable.Add, _cancellation);
        Assert.Equal(Tasks(5), _index.Tasks("F", 1, new()));
    }

    [Fact]
    public void Bring_Cancelled_Stops()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(
            () => IndexCatchUp.Bring(_index, [new FakeRun(Run("F", 1, watermark: 1), [])], _unreadable.Add, cancelled.Token));
    }

    [Fact]
    public void Rebuild_IndexWithStrangers_HasOnlyTheStoresRuns()
    {
        _index.UpsertRun(Run("Gone", 1, tags: ["gone"]));
        _index.AddTasks("Gone", 1, Tasks(3), Watermark.None, At(30));

        var sources = new[] { 1, 2 }.Select(run => new FakeRun(Run("F", run, watermark: 30), Tasks(3)));
        Assert.Equal(2, IndexCatchUp.Rebuild(_index, sources, _unreadable.Add, _cancellation));

        Assert.Equal(["F"], _index.Flows());
        Assert.Equal([2, 1], _index.Runs(new() { Flow = "F" }).Select(run => run.RunId));
    }
}
