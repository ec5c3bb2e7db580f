using Metaflow.Metadata.Index;
using static Metaflow.Tests.Metadata.Index.IndexFolder;

namespace Metaflow.Tests.Metadata.Index;

public sealed class StoreIndexRunTests(IndexFolder folder) : IClassFixture<IndexFolder>, IDisposable
{
    private readonly StoreIndex _index = StoreIndex.Open(folder.Root, readOnly: true);

    public void Dispose() => _index.Dispose();

    [Fact]
    public void Run_Upserted_ComesBackWhole()
    {
        var row = new RunRow(
            "Génres 🎬", 7, IndexStatus.Interrupted, "zoë", Noon, Noon.AddMinutes(1).AddMicroseconds(7), ["a", "ü", "東京"],
            ["user:zoë", "runtime:dev"], "3",
            Watermark.Of([Address((1L << 48) - 1, ushort.MaxValue), Address(1)]));

        _index.UpsertRun(row);

        var read = Assert.IsType<RunRow>(_index.Run("Génres 🎬", 7));
        Assert.Equal(["runtime:dev", "user:zoë"], read.SystemTags);
        Assert.Equal(row.Tags, read.Tags);
        Assert.Equal(row, read with { Tags = row.Tags, SystemTags = row.SystemTags });
    }

    [Fact]
    public void Run_Unknown_IsNull()
    {
        _index.UpsertRun(Run("F", 1));

        Assert.Null(_index.Run("F", 2));
        Assert.Null(_index.Run("G", 1));
        Assert.Null(_index.LatestRun("G", successfulOnly: false));
        Assert.Empty(_index.Runs(new() { Flow = "G" }));
    }

    [Fact]
    public void UpsertRun_LaterState_ReplacesTheEarlier()
    {
        _index.UpsertRun(Run("F", 1, tags: ["old"], watermark: 5));

        _index.UpsertRun(Run("F", 1, IndexStatus.Succeeded, tags: ["new"], watermark: 9));

        var read = _index.Run("F", 1)!;
        Assert.Equal(IndexStatus.Succeeded, read.Status);
        Assert.Equal(["new"], read.Tags);
        Assert.Equal(At(9), read.Watermark);
        Assert.NotNull(read.Finished);
    }

    [Fact]
    public void UpsertRun_EarlierState_ChangesNothing()
    {
        _index.UpsertRun(Run("F", 1, IndexStatus.Succeeded, tags: ["new"], watermark: 9));

        _index.UpsertRun(Run("F", 1, tags: ["old"], watermark: 5));

        var read = _index.Run("F", 1)!;
        Assert.Equal(IndexStatus.Succeeded, read.Status);
        Assert.Equal(["new"], read.Tags);
        Assert.Equal(At(9), read.Watermark);
    }

    [Fact]
    public void UpsertRun_StateReadWithoutASegmentThatIsIndexed_ChangesNothing()
    {
        _index.UpsertRun(Run("F", 1, tags: ["new"]) with { Watermark = At(5).Union(At(1, segment: 2)) });

        _index.UpsertRun(Run("F", 1, IndexStatus.Failed, tags: ["old"], watermark: 9));

        Assert.Equal(["new"], _index.Run("F", 1)!.Tags);
        Assert.Equal(IndexStatus.Running, _index.Run("F", 1)!.Status);
    }

    [Fact]
    public void Apply_StateFromTheScheduler_NeedNotKnowOtherWritersAndKeepsTheirTags()
    {
        _index.UpsertRun(Run("F", 1, tags: ["new"]) with { Watermark = At(5).Union(At(1, segment: 2)) });

        _index.Apply(Run("F", 1, IndexStatus.Failed, tags: ["old"], watermark: 9), isScheduler: true, [], At(5));

        Assert.Equal(["new"], _index.Run("F", 1)!.Tags);
        Assert.Equal(IndexStatus.Failed, _index.Run("F", 1)!.Status);
        Assert.Equal(At(9).Union(At(1, segment: 2)), _index.Run("F", 1)!.Watermark);
    }

    [Fact]
    public void UpsertRun_SameNumberOtherStart_IsAnotherRun()
    {
        _index.UpsertRun(Run("F", 1, IndexStatus.Succeeded, tags: ["old"], watermark: 50));
        _index.AddTasks("F", 1, Tasks(5), Watermark.None, At(50));

        _index.Apply(Run("F", 1, tags: ["new"], hour: 2), isScheduler: true, [], Watermark.None);

        var run = _index.Run("F", 1)!;
        Assert.Equal((IndexStatus.Running, Noon.AddHours(2), Watermark.None), (run.Status, run.Started, run.Watermark));
        Assert.Equal(["new"], run.Tags);
        Assert.Empty(_index.Tasks("F", 1, new()));
    }

    [Fact]
    public void SettledRuns_OnlyThoseThatEndedAndAreIndexedWhole()
    {
        _index.Apply(Run("F", 1, IndexStatus.Succeeded, watermark: 30), isScheduler: true, Tasks(2), Watermark.None);
        _index.Apply(Run("F", 2, watermark: 30), isScheduler: true, Tasks(2), Watermark.None);
        _index.Apply(Run("F", 3, IndexStatus.Failed, watermark: 30), isScheduler: true, Tasks(2), basis: At(10));
        _index.Apply(Run("G", 4, IndexStatus.Interrupted, watermark: 30), isScheduler: true, [], Watermark.None);

        Assert.Equal([1], _index.SettledRuns("F"));
        Assert.Equal([4], _index.SettledRuns("G"));
        Assert.Empty(_index.SettledRuns("H"));
    }

    [Fact]
    public void SetTags_KnownRun_IsFoundByTheNewTagsOnly()
    {
        _index.UpsertRun(Run("F", 1, tags: ["old", "both"]));

        Assert.True(_index.SetTags("F", 1, ["new", "both"], ["system"]));
        Assert.False(_index.SetTags("F", 2, ["new"], []));

        Assert.Empty(_index.Runs(new() { Tags = ["old"] }));
        Assert.Single(_index.Runs(new() { Tags = ["new", "both", "system"] }));
    }

    [Fact]
    public void Runs_OfAFlow_NewestNumberFirstWhateverTheClockSaid()
    {
        _index.UpsertRun(Run("F", 1, hour: 9));
        _index.UpsertRun(Run("F", 2, hour: 3));
        _index.UpsertRun(Run("F", 3, hour: 6));

        Assert.Equal([3, 2, 1], _index.Runs(new() { Flow = "F" }).Select(run => run.RunId));
        Assert.Equal(3, _index.LatestRun("F", successfulOnly: false)?.RunId);
    }

    [Fact]
    public void Runs_OfAllFlows_NewestStartFirst()
    {
        _index.UpsertRun(Run("A", 1, hour: 1));
        _index.UpsertRun(Run("B", 1, hour: 3));
        _index.UpsertRun(Run("A", 2, hour: 2));

        Assert.Equal(["B/1", "A/2", "A/1"], _index.Runs(new()).Select(run => $"{run.Flow}/{run.RunId}"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Runs_InPages_GivesEachOnceInAStableOrder(bool ofOneFlow)
    {
        for (var run = 1; run <= 100; run++)
        {
            // Several runs start in the same microsecond.
            _index.UpsertRun(Run("F", run, hour: run / 7));
        }

        var all = _index.Runs(new() { Flow = ofOneFlow ? "F" : null });
        var paged = new List<long>();
        RunPosition? after = null;
        while (_index.Runs(new() { Flow = ofOneFlow ? "F" : null, After = after, Limit = 9 }) is [.., var last] page)
        {
            paged.AddRange(page.Select(run => run.RunId));
            after = last.Position;
        }

        Assert.Equal(100, all.Count);
        Assert.Equal(all.Select(run => run.RunId), paged);
    }

    [Fact]
    public void Runs_RunAddedBetweenPages_DoesNotShiftTheNextPage()
    {
        for (var run = 1; run <= 4; run++)
        {
            _index.UpsertRun(Run("F", run, hour: run));
        }

        var first = _index.Runs(new() { Limit = 2 });
        _index.UpsertRun(Run("F", 5, hour: 5));
        _index.DeleteRun("F", 3);

        Assert.Equal([2, 1], _index.Runs(new() { Limit = 2, After = first[^1].Position }).Select(run => run.RunId));
    }

    [Fact]
    public void Runs_Filters_AllHold()
    {
        _index.UpsertRun(Run("F", 1, IndexStatus.Succeeded, user: "ada", hour: 1));
        _index.UpsertRun(Run("F", 2, IndexStatus.Failed, user: "ada", hour: 2));
        _index.UpsertRun(Run("F", 3, IndexStatus.Succeeded, user: "bob", hour: 3));
        _index.UpsertRun(Run("G", 1, IndexStatus.Succeeded, user: "ada", hour: 4));

        string[] Ids(RunQuery query) => [.. _index.Runs(query).Select(run => $"{run.Flow}/{run.RunId}")];

        Assert.Equal(["G/1", "F/3", "F/1"], Ids(new() { Status = IndexStatus.Succeeded }));
        Assert.Equal(["F/3", "F/1"], Ids(new() { Flow = "F", Status = IndexStatus.Succeeded }));
        Assert.Equal(["G/1", "F/2", "F/1"], Ids(new() { User = "ada" }));
        Assert.Equal(["F/1"], Ids(new() { Flow = "F", User = "ada", Status = IndexStatus.Succeeded }));
        Assert.Equal(["F/3", "F/2"], Ids(new() { StartedFrom = Noon.AddHours(2), StartedBefore = Noon.AddHours(4) }));
        Assert.Equal(["F/2"], Ids(new() { Flow = "F", StartedFrom = Noon.AddHours(2), StartedBefore = Noon.AddHours(3) }));
        Assert.Empty(Ids(new() { User = "eve" }));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(2_000)]
    public void Runs_Tags_AllMustBeThereHoweverCommonTheyAre(int runs)
    {
        for (var run = 1; run <= runs; run++)
        {
            string[] tags = run % 10 == 0 ? ["tenth", "all"] : ["all"];
            _index.UpsertRun(Run(run % 2 == 0 ? "Even" : "Odd", run, tags: tags, systemTags: ["user:ada", "all"], hour: run));
        }

        Assert.Equal(
            Enumerable.Range(1, runs).Where(run => run % 10 == 0).Reverse().Select(run => (long)run),
            _index.Runs(new() { Tags = ["user:ada", "tenth"], Limit = 10_000 }).Select(run => run.RunId));
        Assert.Equal(runs, _index.Runs(new() { Tags = ["all"], Limit = 10_000 }).Count);
        Assert.Equal(runs / 2, _index.Runs(new() { Flow = "Odd", Tags = ["all", "user:ada"], Limit = 10_000 }).Count);
        Assert.Empty(_index.Runs(new() { Flow = "Odd", Tags = ["tenth"] }));
        Assert.Empty(_index.Runs(new() { Tags = ["user:ada", "unknown"] }));
        Assert.Equal(runs, _index.LatestRun("Even", successfulOnly: false, "tenth")?.RunId);
        Assert.Equal(["Even"], _index.Flows("tenth"));
        Assert.Equal(["Even", "Odd"], _index.Flows("user:ada"));
    }

    [Fact]
    public void Runs_TagsInPages_GivesEachOnce()
    {
        for (var run = 1; run <= 30; run++)
        {
            _index.UpsertRun(Run("F", run, tags: run % 3 == 0 ? ["third"] : [], hour: run));
        }

        var first = _index.Runs(new() { Tags = ["third"], Limit = 4 });
        var second = _index.Runs(new() { Tags = ["third"], Limit = 4, After = first[^1].Position });

        Assert.Equal([30, 27, 24, 21], first.Select(run => run.RunId));
        Assert.Equal([18, 15, 12, 9], second.Select(run => run.RunId));
    }

    [Fact]
    public void LatestRun_SuccessfulOnly_SkipsTheOthers()
    {
        _index.UpsertRun(Run("F", 1, IndexStatus.Succeeded, tags: ["x"]));
        _index.UpsertRun(Run("F", 2, IndexStatus.Succeeded));
        _index.UpsertRun(Run("F", 3, IndexStatus.Failed, tags: ["x"]));

        Assert.Equal(3, _index.LatestRun("F", successfulOnly: false)?.RunId);
        Assert.Equal(2, _index.LatestRun("F", successfulOnly: true)?.RunId);
        Assert.Equal(1, _index.LatestRun("F", successfulOnly: true, "x")?.RunId);
        Assert.Null(_index.LatestRun("F", successfulOnly: true, "y"));
    }

    [Fact]
    public void DeleteRun_OnlyRunOfAFlow_TakesTheFlowAndItsTasksAway()
    {
        _index.UpsertRun(Run("F", 1, tags: ["x"]));
        _index.UpsertRun(Run("G", 1));
        _index.AddTasks("F", 1, Tasks(3), Watermark.None, At(30));

        Assert.True(_index.DeleteRun("F", 1));
        Assert.False(_index.DeleteRun("F", 1));

        Assert.Equal(["G"], _index.Flows());
        Assert.Empty(_index.Flows("x"));
        Assert.Empty(_index.Tasks("F", 1, new()));
        _index.UpsertRun(Run("F", 1));
        Assert.Empty(_index.Steps("F", 1));
        Assert.Empty(_index.Run("F", 1)!.Tags);
    }

    [Fact]
    public void Clear_Filled_IsEmpty()
    {
        _index.UpsertRun(Run("F", 1, tags: ["x"]));
        _index.AddTasks("F", 1, Tasks(3), Watermark.None, At(30));

        _index.Clear();

        Assert.Empty(_index.Flows());
        Assert.Empty(_index.Runs(new()));
        Assert.Empty(_index.Tasks("F", 1, new()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(StoreIndex.MaximumPage + 1)]
    public void Runs_LimitOutOfRange_Throws(int limit)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _index.Runs(new() { Limit = limit }));
        Assert.Throws<ArgumentOutOfRangeException>(() => _index.Tasks("F", 1, new() { Limit = limit }));
    }

    [Fact]
    public void Run_TimeBeforeTheEpoch_ComesBack()
    {
        var started = DateTimeOffset.UnixEpoch.AddMicroseconds(-7);

        _index.UpsertRun(Run("F", 1) with { Started = started });

        Assert.Equal(started, _index.Run("F", 1)!.Started);
    }
}
