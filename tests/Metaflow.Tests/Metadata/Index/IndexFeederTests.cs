using System.Collections.Concurrent;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Sqlite;
using static Metaflow.Tests.Metadata.Index.IndexFolder;

namespace Metaflow.Tests.Metadata.Index;

public sealed class IndexFeederTests : IDisposable
{
    private readonly IndexFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly ConcurrentQueue<string> _reports = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task DisposeAsync_PostedRows_AreInTheIndex()
    {
        await using (var feeder = Feed())
        {
            Post(feeder, Tasks(12));
            feeder.Post(Run("F", 1, IndexStatus.Succeeded, watermark: 130));
        }

        using var index = _folder.Open();
        Assert.Equal(Tasks(12), index.Tasks("F", 1, new()));
        Assert.Equal(IndexStatus.Succeeded, index.Run("F", 1)!.Status);
        Assert.Equal(At(130), index.Run("F", 1)!.Watermark);
        Assert.Empty(_reports);
    }

    [Fact]
    public async Task Post_FirstAttempt_OpensTheIndexAndIsWritten()
    {
        await using var feeder = Feed();
        feeder.Post(Run("F", 1));
        Assert.False(_opened.Task.IsCompleted);

        feeder.Post(Attempt(1));
        await _opened.Task.WaitAsync(_cancellation);

        await _written.Task.WaitAsync(_cancellation);
        using var index = _folder.Open();
        Assert.Single(index.Tasks("F", 1, new()));
    }

    [Fact]
    public async Task Post_LaterAttempts_AreWrittenWhenTheIntervalHasPassed()
    {
        using var written = new SemaphoreSlim(0);
        await using var feeder = new IndexFeeder(_folder.Open, Run("F", 1), _reports.Enqueue, _time) { BatchEnded = () => written.Release() };
        feeder.Post(Attempt(1));
        await written.WaitAsync(_cancellation);
        feeder.Post(Attempt(2));
        Assert.Equal(0, written.CurrentCount);

        _time.Advance(IndexFeeder.Interval);
        await written.WaitAsync(_cancellation);
        using var index = _folder.Open();
        Assert.Equal(2, index.Tasks("F", 1, new()).Count);
    }

    [Fact]
    public async Task Post_FullBatch_IsWrittenAtOnce()
    {
        await using var feeder = Feed();

        Post(feeder, Tasks(IndexFeeder.BatchRows));

        await _written.Task.WaitAsync(_cancellation);
        using var index = _folder.Open();
        Assert.Equal(IndexFeeder.BatchRows, index.Steps("F", 1)[0].Attempts);
    }

    [Fact]
    public async Task FlushAsync_PostedRows_AreInTheIndexWithTheirWatermark()
    {
        await using var feeder = Feed();
        using var index = _folder.Open();
        Post(feeder, Tasks(3));

        await feeder.FlushAsync(_cancellation);

        Assert.Equal(At(30), index.Run("F", 1)!.Watermark);
        Post(feeder, Tasks(2, first: 4));
        await feeder.FlushAsync(_cancellation);
        Assert.Equal(Tasks(5), index.Tasks("F", 1, new()));
        Assert.Equal(At(50), index.Run("F", 1)!.Watermark);
    }

    [Fact]
    public async Task Post_MoreThanItHolds_LeavesTheWatermarkForTheCatchUp()
    {
        using var gate = new ManualResetEventSlim();
        var all = Tasks(IndexFeeder.Capacity + 10);
        await using (var feeder = Feed(() =>
        {
            gate.Wait(_cancellation);
            return _folder.Open();
        }))
        {
            feeder.Post(all[0]);
            var flush = feeder.FlushAsync(_cancellation);
            await _opened.Task.WaitAsync(_cancellation);
            Post(feeder, all[1..^1]);
            gate.Set();
            await flush;
            await feeder.FlushAsync(_cancellation);
            feeder.Post(all[^1]);
        }

        using var index = _folder.Open();
        var kept = index.Steps("F", 1)[0].Attempts;
        Assert.InRange(kept, IndexFeeder.Capacity, IndexFeeder.Capacity + 2);
        Assert.Equal(At((kept - 1) * 10), index.Run("F", 1)!.Watermark);

        IndexCatchUp.Bring(index, [new FakeRun(Run("F", 1, watermark: all.Length * 10), all)], Assert.Null, _cancellation);
        Assert.Equal(all.Length, index.Steps("F", 1)[0].Attempts);
        Assert.Equal(Watermark.Of(all), index.Run("F", 1)!.Watermark);
        Assert.Empty(_reports);
    }

    [Fact]
    public async Task Post_RunTakenOutMeanwhile_ComesBackWithoutAWatermark()
    {
        using var index = _folder.Open();
        await using var feeder = Feed();
        Post(feeder, Tasks(3));
        await feeder.FlushAsync(_cancellation);
        index.DeleteRun("F", 1);

        Post(feeder, Tasks(2, first: 4));
        await feeder.FlushAsync(_cancellation);
        Post(feeder, Tasks(2, first: 6));
        await feeder.FlushAsync(_cancellation);

        Assert.Equal(Watermark.None, index.Run("F", 1)!.Watermark);
        Assert.Equal(Tasks(4, first: 4), index.Tasks("F", 1, new()));
    }

    [Fact]
    public async Task Post_GapThatOthersCaughtUp_LetsTheWatermarkMoveAgain()
    {
        using var index = _folder.Open();
        await using var feeder = Feed();
        Post(feeder, Tasks(3));
        await feeder.FlushAsync(_cancellation);
        index.Clear();
        Post(feeder, Tasks(2, first: 4));
        await feeder.FlushAsync(_cancellation);

        IndexCatchUp.Bring(index, [new FakeRun(Run("F", 1, watermark: 50), Tasks(5))], Assert.Null, _cancellation);
        Post(feeder, Tasks(2, first: 6));
        await feeder.FlushAsync(_cancellation);

        Assert.Equal(At(70), index.Run("F", 1)!.Watermark);
        Assert.Equal(Tasks(7), index.Tasks("F", 1, new()));
    }

    [Fact]
    public async Task Post_AttemptsTakenOverFromAnotherRun_DoNotMoveTheWatermark()
    {
        var begun = Run("F", 1) with { Watermark = At(16, segment: 3) };
        await using var feeder = new IndexFeeder(_folder.Open, begun, _reports.Enqueue, _time);
        using var index = _folder.Open();

        Post(feeder, Tasks(2));
        feeder.Post(Attempt(3) with { Address = Address(99, segment: 2).Value });
        await feeder.FlushAsync(_cancellation);
        Assert.Equal(At(16, segment: 3), index.Run("F", 1)!.Watermark);

        feeder.Post(Attempt(4) with { Address = Address(50, segment: 3).Value });
        await feeder.FlushAsync(_cancellation);
        Assert.Equal(At(50, segment: 3), index.Run("F", 1)!.Watermark);
        Assert.Equal(4, index.Tasks("F", 1, new()).Count);
    }

    [Fact]
    public async Task Post_TagsChangedMeanwhile_AreKept()
    {
        using var index = _folder.Open();
        await using var feeder = Feed();
        await feeder.FlushAsync(_cancellation);
        index.SetTags("F", 1, ["later"], []);

        feeder.Post(Run("F", 1, IndexStatus.Succeeded, watermark: 5));
        await feeder.FlushAsync(_cancellation);

        Assert.Equal(["later"], index.Run("F", 1)!.Tags);
        Assert.Equal(IndexStatus.Succeeded, index.Run("F", 1)!.Status);
    }

    [Fact]
    public async Task Open_Fails_ReportsOnceAndGoesOn()
    {
        await using (var feeder = Feed(() => throw new MetaflowException("There is no SQLite.")))
        {
            Post(feeder, Tasks(3));
            await feeder.FlushAsync(_cancellation);
            Assert.True(feeder.IsInert);
            Post(feeder, Tasks(3));
            await feeder.FlushAsync(_cancellation);
        }

        Assert.Contains("There is no SQLite.", Assert.Single(_reports), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_StoreCannotBeWritten_ReportsWhy()
    {
        await using (var feeder = Feed(() => StoreIndex.Open(_folder.Root, readOnly: true)))
        {
            await feeder.FlushAsync(_cancellation);
            Assert.True(feeder.IsInert);
        }

        Assert.Contains("reading only", Assert.Single(_reports), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_IndexLockedTooLong_ReportsAndLeavesItToTheCatchUp()
    {
        using var index = _folder.Open();
        using (var writer = SqliteConnection.Open(_folder.DatabasePath, create: false, TimeSpan.Zero))
        {
            writer.Execute("BEGIN IMMEDIATE");
            await using var feeder = Feed(
                () => StoreIndex.Open(_folder.Root, readOnly: false, new() { BusyTimeout = TimeSpan.FromMilliseconds(1) }));
            Post(feeder, Tasks(3));
            await feeder.FlushAsync(_cancellation);
            Assert.True(feeder.IsInert);
        }

        Assert.Contains("locked", Assert.Single(_reports), StringComparison.Ordinal);
        Assert.Null(index.Run("F", 1));
    }

    [Fact]
    public async Task DisposeAsync_IndexBlocked_GivesUpWaiting()
    {
        using var gate = new ManualResetEventSlim();
        var feeder = Feed(() =>
        {
            gate.Wait(CancellationToken.None);
            return _folder.Open();
        });
        var flush = feeder.FlushAsync(_cancellation);
        await _opened.Task.WaitAsync(_cancellation);

        var disposing = feeder.DisposeAsync();
        Assert.False(disposing.IsCompleted);
        _time.Advance(IndexFeeder.DisposeTimeout);
        await disposing;

        Assert.Contains("locked", Assert.Single(_reports), StringComparison.Ordinal);
        gate.Set();
        await flush;
    }

    [Fact]
    public async Task Post_AfterDispose_IsIgnored()
    {
        var feeder = Feed();
        await feeder.DisposeAsync();

        feeder.Post(Attempt(1));
        feeder.Post(Run("F", 1, IndexStatus.Failed, watermark: 99));
        await feeder.FlushAsync(_cancellation);
        await feeder.DisposeAsync();

        using var index = _folder.Open();
        Assert.Equal(IndexStatus.Running, index.Run("F", 1)!.Status);
    }

    private static void Post(IndexFeeder feeder, TaskRow[] rows)
    {
        foreach (var row in rows)
        {
            feeder.Post(row);
        }
    }

    private IndexFeeder Feed(Func<StoreIndex>? open = null) => new(
        () =>
        {
            _opened.TrySetResult();
            return open is null ? _folder.Open() : open();
        },
        Run("F", 1, tags: ["first"]),
        _reports.Enqueue,
        _time) { BatchEnded = () => _written.TrySetResult() };
}
