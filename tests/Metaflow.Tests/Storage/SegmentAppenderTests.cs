using System.Text;
using Metaflow.Storage;
using Metaflow.Storage.Files;

namespace Metaflow.Tests.Storage;

/// <summary>Zeros that are written behind the records ahead of time.</summary>
public sealed class SegmentAppenderTests : IDisposable
{
    private const string Root = "/store";
    private const string Run = "/store/runs/Flow/1";
    private const string First = Run + "/00001.seg";

    private readonly TestFolder _folder = new();
    private readonly List<string> _committed = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Commit_InsideTheZeros_LeavesTheLengthAndDisposeCutsIt()
    {
        var disk = new SimulatedDisk();
        using var store = LocalStore.Open(Root, disk);
        var writer = store.ClaimRun("Flow", default).OpenWriter();
        CommitMany(writer, SegmentAppender.EarlyCommits);
        Assert.InRange(disk.ReadFile(First).Length, 1, SegmentAppender.LeastAhead - 1);

        CommitMany(writer, 1);
        var length = disk.ReadFile(First).Length;
        var written = disk.Operations.Count;
        CommitMany(writer, 10);

        Assert.InRange(length, SegmentAppender.LeastAhead, 2 * SegmentAppender.LeastAhead);
        Assert.Equal(length, disk.ReadFile(First).Length);
        Assert.Equal(10 * 3, disk.Operations.Count - written);
        writer.Dispose();
        Assert.Equal(writer.Position.Offset, disk.ReadFile(First).Length);
        Verify(disk);
    }

    [Fact]
    public void Commit_AFewOnly_WritesNoZeros()
    {
        var disk = new SimulatedDisk();
        using var store = LocalStore.Open(Root, disk);
        using (var writer = store.ClaimRun("Flow", default).OpenWriter())
        {
            CommitMany(writer, SegmentAppender.EarlyCommits);
        }

        Assert.DoesNotContain(disk.Operations, operation => operation.StartsWith("cut", StringComparison.Ordinal));
        Verify(disk);
    }

    [Fact]
    public void Commit_MuchIsWritten_ZerosGrowWithIt()
    {
        var disk = new SimulatedDisk();
        using var store = LocalStore.Open(Root, disk);
        using var writer = store.ClaimRun("Flow", default).OpenWriter();
        for (var commit = 0; commit < 200; commit++)
        {
            var before = writer.Position.Offset;
            CommitMany(writer, 1, size: 20_000);

            var zeros = disk.ReadFile(First).Length - writer.Position.Offset;
            Assert.InRange(zeros, 0, Math.Clamp(before, SegmentAppender.LeastAhead, SegmentAppender.MostAhead));
        }

        Assert.InRange(disk.Operations.Count, 600, 750);
    }

    [Fact]
    public void Commit_LargerThanTheZerosWouldBe_WritesNone()
    {
        var disk = new SimulatedDisk();
        using var store = LocalStore.Open(Root, disk);
        using var writer = store.ClaimRun("Flow", default).OpenWriter();
        CommitMany(writer, SegmentAppender.EarlyCommits);
        CommitMany(writer, 1, size: SegmentAppender.LeastAhead);

        Assert.Equal(writer.Position.Offset, disk.ReadFile(First).Length);
    }

    [Fact]
    public void Commit_NearTheLimit_ZerosStayBelowIt()
    {
        const int Limit = 50_000;
        var disk = new SimulatedDisk();
        using var store = LocalStore.Open(Root, disk);
        using (var writer = store.ClaimRun("Flow", default).OpenWriter(Limit))
        {
            for (var commit = 0; commit < 200; commit++)
            {
                CommitMany(writer, 1);
                Assert.All(Segments(disk), segment => Assert.InRange(disk.ReadFile(segment).Length, 0, Limit));
            }
        }

        Assert.InRange(Segments(disk).Count(), 3, 10);
        Assert.All(Segments(disk), segment => Assert.Equal((byte)'r', disk.ReadFile(segment)[^1]));
        Verify(disk);
    }

    [Theory]
    [InlineData((int)Survival.Nothing)]
    [InlineData((int)Survival.Everything)]
    [InlineData((int)Survival.Some)]
    public void Commit_MachineStopsAtAnyCall_WhatWasCommittedIsThere(int survival)
    {
        var undisturbed = new SimulatedDisk();
        Live(undisturbed);
        Assert.Contains($"cut {First}", undisturbed.Operations);
        for (var call = undisturbed.Operations.IndexOf($"create {First}"); call < undisturbed.Operations.Count; call++)
        {
            for (var seed = 0; seed < ((Survival)survival == Survival.Some ? 3 : 1); seed++)
            {
                var disk = new SimulatedDisk(seed) { FaultAt = call, Fault = Fault.Crash };
                Assert.Throws<CrashException>(() => Live(disk));

                Verify(disk.Restart((Survival)survival, seed), oneMore: true);
            }
        }
    }

    [Theory]
    [InlineData((int)Fault.Full)]
    [InlineData((int)Fault.Broken)]
    public void Commit_DiskRefusesAnyCallOnce_SucceedsAtTheLatestWhenTriedAgain(int fault)
    {
        var undisturbed = new SimulatedDisk();
        Live(undisturbed);
        Assert.Contains($"cut {First}", undisturbed.Operations);
        for (var call = undisturbed.Operations.IndexOf($"create {First}"); call < undisturbed.Operations.Count; call++)
        {
            var disk = new SimulatedDisk { FaultAt = call, Fault = (Fault)fault };

            Live(disk, tries: 2);

            Verify(disk);
            Verify(disk.Restart(Survival.Nothing, 0));
        }
    }

    /// <summary>The calls of the first commit with zeros: the batch, the zeros, the sync, the barrier.</summary>
    [Theory]
    [InlineData((int)Fault.Full, 1)]
    [InlineData((int)Fault.Broken, 1)]
    [InlineData((int)Fault.Broken, 2)]
    public void Commit_DiskRefusesZeros_SucceedsWithoutThem(int fault, int call)
    {
        var disk = new SimulatedDisk();
        using var store = LocalStore.Open(Root, disk);
        using (var writer = store.ClaimRun("Flow", default).OpenWriter())
        {
            CommitMany(writer, SegmentAppender.EarlyCommits);
            (disk.Fault, disk.FaultAt) = ((Fault)fault, disk.Operations.Count + call);
            CommitMany(writer, 1);

            Assert.Equal(writer.Position.Offset, disk.ReadFile(First).Length);
            Verify(disk.Restart(Survival.Nothing, 0));
            CommitMany(writer, 20);
            Assert.Equal(writer.Position.Offset, disk.ReadFile(First).Length);
        }

        Verify(disk.Restart(Survival.Nothing, 0));
    }

    [Fact]
    public void Commit_DiskIsFullForTheBatchItself_SaysSoAndKeepsTheBatch()
    {
        var disk = new SimulatedDisk();
        using var store = LocalStore.Open(Root, disk);
        using var writer = store.ClaimRun("Flow", default).OpenWriter();
        CommitMany(writer, SegmentAppender.EarlyCommits);
        (disk.Fault, disk.FaultAt, disk.FaultStays) = (Fault.Full, disk.Operations.Count, true);

        Assert.Contains("disk is full", Assert.Throws<MetaflowException>(() => CommitMany(writer, 1)).Message, StringComparison.Ordinal);
        disk.Fault = Fault.None;
        writer.Commit();

        Verify(disk.Restart(Survival.Nothing, 0));
    }

    [Fact]
    public void Dispose_DiskRefusesToCut_LeavesZerosThatReadersTakeForTheEnd()
    {
        var disk = new SimulatedDisk();
        using var store = LocalStore.Open(Root, disk);
        var writer = store.ClaimRun("Flow", default).OpenWriter();
        CommitMany(writer, 20);
        (disk.Fault, disk.FaultAt) = (Fault.Broken, disk.Operations.Count);

        writer.Dispose();

        Assert.Equal($"cut {First}", disk.Operations[^1]);
        Assert.True(disk.ReadFile(First).Length > SegmentAppender.LeastAhead);
        Verify(disk);
    }

    /// <summary>On the disk of this machine, whether it is one on which zeros pay or not.</summary>
    [Fact]
    public void Commit_WhileItIsFollowed_ShowsEachRecordOnceAcrossTheEndsOfZeros()
    {
        using var store = LocalStore.Open(_folder[".metaflow"], LocalFileSystem.Instance);
        var run = store.ClaimRun("Flow", default);
        using var reader = run.OpenReader();
        var tail = new SegmentTail(reader);
        RecordAddress end;
        using (var writer = run.OpenWriter())
        {
            for (var commit = 0; commit < 300; commit++)
            {
                CommitMany(writer, 1);
                Assert.Equal(_committed[^1], Encoding.UTF8.GetString(Assert.Single(tail.ReadNew()).Body.Span));
                Assert.Empty(tail.ReadNew());
            }

            end = writer.Position;
        }

        Assert.Empty(tail.ReadNew());
        Assert.Equal(end.Offset, new FileInfo(Path.Join(run.Path, "00001.seg")).Length);
        using var again = run.OpenReader();
        Assert.Equal(_committed, again.Scan().Select(record => Encoding.UTF8.GetString(record.Body.Span)));
    }

    private static IEnumerable<string> Segments(SimulatedDisk disk) =>
        disk.Names(Run).Where(name => name.EndsWith(".seg", StringComparison.Ordinal)).Select(name => $"{Run}/{name}");

    /// <summary>Some commits before zeros are written, some with them, some in them, some behind them.</summary>
    private void Live(SimulatedDisk disk, int tries = 1)
    {
        _committed.Clear();
        using var store = LocalStore.Open(Root, disk);
        using var writer = store.ClaimRun("Flow", default).OpenWriter(150_000);
        for (var commit = 0; commit < 22; commit++)
        {
            CommitMany(writer, 1, commit < 14 ? 1_000 : 20_000, tries);
        }
    }

    private void CommitMany(SegmentWriter writer, int commits, int size = 1_000, int tries = 1)
    {
        for (var commit = 0; commit < commits; commit++)
        {
            // No two alike; what a test expects to fail is counted too, as it is committed later.
            _committed.Add($"{_committed.Count} {new string((char)('a' + (_committed.Count % 26)), size)}");
            Try(tries, () => writer.Append(RecordKind.Log, "header"u8, Encoding.UTF8.GetBytes(_committed[^1])));
            Try(tries, () =>
            {
                writer.Commit();
                return true;
            });
        }
    }

    private static T Try<T>(int tries, Func<T> action)
    {
        for (; ; tries--)
        {
            try
            {
                return action();
            }
            catch (MetaflowException) when (tries > 1)
            {
                // The disk refused once, as it was told to.
            }
        }
    }

    /// <param name="disk">The disk.</param>
    /// <param name="oneMore">Whether the last commit was not acknowledged, so that it may be missing.</param>
    private void Verify(SimulatedDisk disk, bool oneMore = false)
    {
        using var store = LocalStore.Open(Root, disk);
        using var reader = store.OpenRun("Flow", "1").OpenReader();
        var bodies = reader.Scan().Select(record => Encoding.UTF8.GetString(record.Body.Span)).ToList();
        Assert.InRange(bodies.Count, _committed.Count - (oneMore ? 1 : 0), _committed.Count);
        Assert.Equal(_committed.Take(bodies.Count), bodies);
    }
}
