using System.Buffers;
using System.Text;
using Metaflow.Storage;

namespace Metaflow.Tests.Storage;

/// <summary>The store on a disk that stops, fills up or fails at each of its calls in turn.</summary>
public sealed class DurabilityTests
{
    private const string Root = "/home/me/.metaflow";

    public static TheoryData<int> Survivals => [.. Enum.GetValues<Survival>().Select(survival => (int)survival)];

    [Theory]
    [MemberData(nameof(Survivals))]
    public void AnyCall_MachineStops_WhatWasAcknowledgedIsThere(int survival)
    {
        var calls = CountCalls();
        Assert.InRange(calls, 300, 10_000);
        var tries = (Survival)survival == Survival.Some ? 2 : 1;
        foreach (var (call, seed) in from call in Interesting(calls) from seed in Enumerable.Range(0, tries) select (call, seed))
        {
            var disk = new SimulatedDisk(seed) { FaultAt = call, Fault = Fault.Crash };
            var scenario = new Scenario();
            Assert.Throws<CrashException>(() => scenario.Run(disk));

            var after = disk.Restart((Survival)survival, seed);

            scenario.Verify(after);
            var again = new Scenario();
            again.Run(after);
            again.Verify(after);
            scenario.Verify(after);
        }
    }

    [Theory]
    [InlineData((int)Fault.Full)]
    [InlineData((int)Fault.Broken)]
    public void AnyCall_DiskRefusesOnce_TryingAgainSucceeds(int fault)
    {
        foreach (var call in Interesting(CountCalls()))
        {
            var disk = new SimulatedDisk { FaultAt = call, Fault = (Fault)fault };
            var scenario = new Scenario();

            scenario.Run(disk, tries: 2);

            scenario.Verify(disk);
            scenario.Verify(disk.Restart(Survival.Nothing, 0));
        }
    }

    [Fact]
    public void AnyCall_DiskStaysFull_SaysSoAndKeepsWhatWasThere()
    {
        foreach (var call in Interesting(CountCalls()))
        {
            var disk = new SimulatedDisk { FaultAt = call, Fault = Fault.Full, FaultStays = true };
            var scenario = new Scenario();

            try
            {
                scenario.Run(disk);
            }
            catch (MetaflowException fault)
            {
                Assert.Contains("disk is full", fault.Message, StringComparison.Ordinal);
            }

            disk.Fault = Fault.None;
            scenario.Verify(disk);
            Assert.Empty(disk.Names(Root + "/tmp"));
        }
    }

    private static int CountCalls()
    {
        var disk = new SimulatedDisk();
        new Scenario().Run(disk);
        return disk.Operations.Count;
    }

    /// <summary>All calls but most of the 256 that create the shards, which are alike.</summary>
    private static IEnumerable<int> Interesting(int calls)
    {
        var disk = new SimulatedDisk();
        new Scenario().Run(disk);
        return Enumerable.Range(0, calls).Where(call =>
            !disk.Operations[call].Contains("create directory", StringComparison.Ordinal)
            || !disk.Operations[call].Contains("/blobs/", StringComparison.Ordinal)
            || call % 50 == 0);
    }

    /// <summary>A small life of a store, and what of it was acknowledged.</summary>
    private sealed class Scenario
    {
        private readonly List<(ContentHash Hash, byte[] Content)> _blobs = [];
        private readonly List<(string RunId, string Claim)> _claims = [];
        private readonly List<(string RunId, RecordAddress Address, string Body)> _records = [];
        private readonly HashSet<string> _appended = [];

        public void Run(SimulatedDisk disk, int tries = 1)
        {
            using var store = Try(tries, () => LocalStore.Open(Root, disk));
            var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("What is stored stays stored. ", 400)));
            Put(store, tries, [1, 2, 3]);
            Put(store, tries, text);
            Put(store, tries, SampleContent.Noise((1 << 20) + 1000));
            Put(store, tries, text);
            for (var run = 0; run < 2; run++)
            {
                var claim = $"claim {_claims.Count}";
                var folder = Try(tries, () => store.ClaimRun("Flow", Encoding.UTF8.GetBytes(claim)));
                _claims.Add((folder.RunId, claim));
                using var writer = folder.OpenWriter(segmentLimit: 3000);
                for (var commit = 0; commit < 4; commit++)
                {
                    Commit(writer, tries, folder.RunId, commit);
                }
            }
        }

        public void Verify(SimulatedDisk disk)
        {
            using var store = LocalStore.Open(Root, disk);
            foreach (var (hash, content) in _blobs)
            {
                using var blob = store.Blobs.Open(hash);
                Assert.Equal(content, blob.Sequence.ToArray());
            }

            foreach (var (runId, claim) in _claims)
            {
                Assert.Equal(claim, Encoding.UTF8.GetString(store.OpenRun("Flow", runId).ReadClaim()));
            }

            Assert.Equal(_claims.Count, _claims.Select(claim => claim.RunId).Distinct().Count());
            foreach (var run in _records.GroupBy(record => record.RunId))
            {
                using var reader = store.OpenRun("Flow", run.Key).OpenReader();
                var scanned = reader.Scan().Select(record => (record.Address, Encoding.UTF8.GetString(record.Body.Span))).ToList();
                Assert.All(run, record => Assert.Equal(record.Body, Encoding.UTF8.GetString(reader.Read(record.Address).Body.Span)));
                Assert.Equal(run.Select(record => (record.Address, record.Body)), scanned.Take(run.Count()));
                Assert.All(scanned, record => Assert.Contains(record.Item2, _appended));
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

        private void Put(LocalStore store, int tries, byte[] content) =>
            _blobs.Add((Try(tries, () => store.Blobs.Put(new ReadOnlySequence<byte>(content))), content));

        private void Commit(SegmentWriter writer, int tries, string runId, int commit)
        {
            var records = new List<(string, RecordAddress, string)>();
            for (var index = 0; index < 3; index++)
            {
                var body = $"{runId}/{commit}/{index}: {new string('x', 100 + (300 * index))}";
                _appended.Add(body);
                records.Add((
                    runId,
                    Try(tries, () => writer.Append(RecordKind.Log, "header"u8, Encoding.UTF8.GetBytes(body))),
                    body));
            }

            Try(tries, () =>
            {
                writer.Commit();
                return true;
            });
            _records.AddRange(records);
        }
    }
}
