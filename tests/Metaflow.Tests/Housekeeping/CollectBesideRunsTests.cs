using System.Buffers;
using Metaflow.Housekeeping;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Storage;
using Metaflow.Tests.Storage;

namespace Metaflow.Tests.Housekeeping;

/// <summary>Collecting garbage while runs go on, and while people and other processes change what was decided about.</summary>
public sealed class CollectBesideRunsTests : IDisposable
{
    private static readonly TimeSpan Hours = TimeSpan.FromHours(5);

    private readonly TestFolder _folder = new();
    private readonly LocalStore _store;
    private readonly GarbageCollector _collector;

    public CollectBesideRunsTests()
    {
        _store = LocalStore.Open(_folder.Path);
        _collector = new(_store, TimeProvider.System);
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Collect_ContentOlderThanTheGrace_StaysWhileARunThatBeganBeforeItGoesOn()
    {
        var run = Claim(DateTimeOffset.UtcNow - Hours);
        Put(Hours / 2);
        using (run.TryLock(RunLocks.Scheduler, RunLocks.Holder(run)))
        {
            var plan = Collect(new() { Grace = TimeSpan.Zero });
            Assert.Equal((0, 1), (plan.Blobs.Count, plan.TooYoung));
        }

        Assert.Single(Collect(new()).Blobs);
    }

    [Fact]
    public void Collect_ContentFromBeforeTheOldestRunThatGoesOn_Goes()
    {
        var run = Claim(DateTimeOffset.UtcNow - (Hours / 2));
        Put(Hours);
        using var running = run.TryLock(RunLocks.Scheduler, RunLocks.Holder(run));

        Assert.Single(Collect(new()).Blobs);
    }

    [Fact]
    public void Collect_NoGrace_RemovesWhatWasJustWritten()
    {
        Put(TimeSpan.FromSeconds(1));

        Assert.Empty(Collect(new()).Blobs);
        Assert.Single(Collect(new() { Grace = TimeSpan.Zero }).Blobs);
    }

    [Fact]
    public void Execute_RunCameIntoUseSinceThePlan_StaysAndTheOthersGo()
    {
        var (first, _) = (Claim(DateTimeOffset.UtcNow), Claim(DateTimeOffset.UtcNow));
        var plan = Plan(new() { KeepLast = 0 });
        using var used = first.TryLock(RunLocks.Resume, RunLocks.Holder(first));

        var done = _collector.Execute(plan, TestContext.Current.CancellationToken);

        Assert.Equal(["2: no rule keeps it", "1: it is in use"], done.Runs.Select(run => $"{run.RunId}: {run.Reason}"));
        Assert.Equal([1L], _store.RunIds("Flow"));
    }

    [Fact]
    public void Execute_RunPinnedSinceThePlan_Stays()
    {
        Claim(DateTimeOffset.UtcNow);
        var plan = Plan(new() { KeepLast = 0 });
        _collector.Pin("Flow", "1", isPinned: true);

        var done = _collector.Execute(plan, TestContext.Current.CancellationToken);

        Assert.True(Assert.Single(done.Runs).IsKept);
        Assert.True(_store.RunExists("Flow", "1"));
    }

    [Fact]
    public void Execute_ContentFoundAgainSinceThePlan_StaysAndIsNotCounted()
    {
        Put(Hours);
        var plan = Plan(new());
        Assert.Single(plan.Blobs);
        _store.Blobs.Put(new ReadOnlySequence<byte>(SampleContent.Noise(9000)));

        var done = _collector.Execute(plan, TestContext.Current.CancellationToken);

        Assert.Equal((0, 0L), (done.Blobs.Count, done.Bytes));
        Assert.Single(_store.Blobs.List());
    }

    private RunFolder Claim(DateTimeOffset started) =>
        _store.ClaimRun("Flow", new RunClaim("Flow", "ada", started, null, 0).Write());

    private void Put(TimeSpan age)
    {
        var hash = _store.Blobs.Put(new ReadOnlySequence<byte>(SampleContent.Noise(9000)));
        File.SetLastWriteTimeUtc(Path.Join(_store.Root, StoreLayout.BlobKey(hash)), DateTime.UtcNow - age);
    }

    private GarbagePlan Plan(RetentionRules rules) => _collector.Plan(rules, TestContext.Current.CancellationToken);

    private GarbagePlan Collect(RetentionRules rules) => _collector.Execute(Plan(rules), TestContext.Current.CancellationToken);
}
