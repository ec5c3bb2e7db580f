using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Metaflow.Artifacts;
using Metaflow.Cards;
using Metaflow.Definitions;
using Metaflow.Graph;
using Metaflow.Housekeeping;
using Metaflow.Metadata;
using Metaflow.Metadata.Live;
using Metaflow.Metadata.Records;
using Metaflow.Provenance;
using Metaflow.Runtime.Scheduling;
using Metaflow.Storage;
using Metaflow.Tests.Crashes;
using Metaflow.Tests.Storage;

namespace Metaflow.Tests.Metadata.Records;

/// <summary>Records whose checksum is right and whose content is not: readers get a value or a fault that names the file.</summary>
public sealed class RecordFuzzTests
{
    private const int Rounds = 2_000;
    private const int LongRounds = 1_000_000;
    private const int MaxMemory = 1_000_000;

    private static readonly string GraphText = FlowRegistry.Get(typeof(KilledFlow)).Graph;

    private static readonly Dictionary<string, Action<int>> Targets = new()
    {
        ["claim"] = rounds => Fuzz(rounds, [RecordSamples.Claim], bytes => StoredRecordContent.Guarded("claim", 0, bytes, static claim => RunClaim.Parse(claim))),
        ["run started"] = rounds => Fuzz(rounds, [RecordSamples.Started(GraphText)], bytes => Header(bytes).ToRunStarted()),
        ["run finished"] = rounds => Fuzz(rounds, [RecordSamples.Finished], bytes => Header(bytes).ToRunFinished()),
        ["tags"] = rounds => Fuzz(rounds, [RecordSamples.Tags], bytes => Header(bytes).ToTags()),
        ["provenance header"] = rounds => Fuzz(
            rounds, [ProvenanceJson.WriteHeader(RecordSamples.Provenance)],
            bytes => new StoredRecord("file", new(1, 16), RecordKind.Provenance, bytes, "{}"u8.ToArray()).ToProvenance()),
        ["provenance body"] = rounds => Fuzz(
            rounds, [ProvenanceJson.WriteBody(RecordSamples.Provenance)],
            bytes => new StoredRecord("file", new(1, 16), RecordKind.Provenance, "{}"u8.ToArray(), bytes).ToProvenance()),
        ["code"] = rounds => Fuzz(rounds, [RecordSamples.Code], bytes => Header(bytes).ToCode()),
        ["reproduction header"] = rounds => Fuzz(
            rounds, [ReproductionJson.WriteHeader(RecordSamples.Reproduction)],
            bytes => new StoredRecord("file", new(1, 16), RecordKind.Reproduction, bytes, "{}"u8.ToArray()).ToReproduction()),
        ["reproduction body"] = rounds => Fuzz(
            rounds, [ReproductionJson.WriteBody(RecordSamples.Reproduction)],
            bytes => new StoredRecord("file", new(1, 16), RecordKind.Reproduction, "{}"u8.ToArray(), bytes).ToReproduction()),
        ["attempt"] = rounds => Fuzz(rounds, [RecordSamples.Attempt(2, new(1, 16), 0, [new(1, 30)])], bytes => Header(bytes).ToAttempt()),
        ["task data"] = rounds => Fuzz(rounds, [RecordSamples.Data(new(1, 16)), RecordSamples.Data(default)], bytes => Body(bytes).ToTaskData()),
        ["adopted"] = rounds => Fuzz(rounds, [RecordSamples.Adopted], bytes => Body(bytes).ToAdopted()),
        ["log header"] = rounds => Fuzz(rounds, [RecordSamples.LogHeader], bytes => Header(bytes).ToLogSource()),
        ["log"] = rounds => Fuzz(rounds, [RecordSamples.Log], bytes => Body(bytes).ToLogLines()),
        ["foreach items"] = rounds => Fuzz(rounds, [RecordSamples.ForEachItems], ReadItems),
        ["graph"] = rounds => Fuzz(rounds, [System.Text.Encoding.UTF8.GetBytes(GraphText)], ReadGraph),
        ["npy"] = rounds => Fuzz(rounds, [Npy(new double[] { 1, 2, 3 }), Npy(new int[2, 3]), Npy(new[] { true })], ReadNpy),
        ["card"] = FuzzCards,
        ["running tasks"] = rounds => Fuzz(rounds, [RunningTask()], ReadRunningTask),
        ["whole run"] = rounds => FuzzRuns(rounds),
    };

    public static TheoryData<string> TargetNames => [.. Targets.Keys];

    [Theory]
    [MemberData(nameof(TargetNames))]
    public void Content_Changed_GivesAValueOrAFault(string target) => Targets[target](target == "whole run" ? Rounds / 4 : Rounds);

    /// <summary>A million inputs for each reader; takes minutes.</summary>
    [Theory(Explicit = true)]
    [MemberData(nameof(TargetNames))]
    public void Content_ChangedManyTimes_GivesAValueOrAFault(string target) => Targets[target](target == "whole run" ? LongRounds / 20 : LongRounds);

    [Fact]
    public void Attempt_DamagedRecord_NamesFileAndOffset()
    {
        var record = new StoredRecord("/s/runs/F/1/00001.seg", new(1, 16), RecordKind.Attempt, "{\"step\":null}"u8.ToArray(), default);

        var fault = Assert.Throws<CorruptDataException>(() => record.ToAttempt());

        Assert.Equal(("/s/runs/F/1/00001.seg", 16), (fault.File, fault.Offset));
        Assert.Contains("A text is null", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Artifacts_BasesInARing_AreDamage()
    {
        // An address follows from the lengths before it, so that of the first record is the same in both stores.
        var address = WriteWithBase(new SimulatedDisk(), new(1, 16), out _);
        Assert.Equal(address, WriteWithBase(new SimulatedDisk(), address, out var content));

        using (content)
        {
            Assert.Throws<CorruptDataException>(() => content.Artifacts(address).Find("Missing"));
            Assert.Throws<CorruptDataException>(() => content.Artifacts(address).All.Count());
        }
    }

    private static RecordAddress WriteWithBase(SimulatedDisk disk, RecordAddress from, out RunContent content)
    {
        var store = LocalStore.Open("/store", disk);
        var run = store.ClaimRun("F", new RunClaim("F", "ada", default, null, 0).Write());
        using var writer = run.OpenWriter();
        var address = writer.Append(RecordKind.Attempt, RecordSamples.Attempt(1, default, 0, []), new TaskData { Base = from }.Write());
        writer.Commit();
        content = new(store, run);
        return address;
    }

    private static StoredRecord Header(byte[] bytes) => new("file", new(1, 16), RecordKind.Attempt, bytes, default);

    private static StoredRecord Body(byte[] bytes) => new("file", new(1, 16), RecordKind.Attempt, default, bytes);

    private static byte[] Npy<T>(T value) => System.Buffers.BuffersExtensions.ToArray(ArtifactCodec.Encode("x", value).Bytes);

    private static void FuzzCards(int rounds)
    {
        var stored = new CardDocument
        {
            Type = "default", Title = "naïve", Flow = "F", Run = "1", Step = "Work", TaskId = 3, Attempt = 0, Status = CardStatus.Complete,
            Created = DateTimeOffset.UnixEpoch, Html = "<p>text</p>",
        }.Write();
        using var document = new MemoryStream();
        using (var unpacked = new GZipStream(new MemoryStream(stored), CompressionMode.Decompress))
        {
            unpacked.CopyTo(document);
        }

        // Changes of what is compressed seldom come through, so the document itself is changed too.
        Fuzzing.Run(7, rounds, [stored, document.ToArray()], 4 * MaxMemory, (which, bytes) => StoredRecordContent.Guarded(
            "card", 0, new ReadOnlySequence<byte>(which == 0 ? bytes : Pack(bytes)), static content => CardDocument.Parse(content)));
    }

    private static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var pack = new GZipStream(packed, CompressionLevel.Fastest))
        {
            pack.Write(bytes);
        }

        return packed.ToArray();
    }

    private static byte[] RunningTask()
    {
        var entry = new byte[RunningTasksFile.EntryLength];
        Assert.True(RunningTasksFile.TryWrite(new("Work", 3, 1, 77, "third", 5, new(1, 400)), entry));
        return entry;
    }

    private static object ReadRunningTask(byte[] bytes)
    {
        Span<byte> entry = stackalloc byte[RunningTasksFile.EntryLength];
        entry.Clear();
        bytes.AsSpan(0, Math.Min(bytes.Length, entry.Length)).CopyTo(entry);

        // A checksum that fits lets every second change through to what is behind it.
        if (bytes.Length % 2 == 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(entry, RunningTasksFile.Checksum(entry[4..]));
        }

        return RunningTasksFile.Parse(entry) as object ?? entry.Length;
    }

    private static object ReadItems(byte[] bytes) => StoredRecordContent.Guarded("file", 0, bytes, static content =>
    {
        var table = new ForEachItemTable(content, "text,json");
        for (var index = 0; index < Math.Min(table.Count, 4); index++)
        {
            _ = (table.Item(index), table.EncodingOf(index), table.Label(index));
        }

        return table.Count;
    });

    private static object ReadGraph(byte[] bytes) =>
        StoredRecordContent.Guarded("file", 0, System.Text.Encoding.UTF8.GetString(bytes), FlowGraph.Parse);

    private static object ReadNpy(byte[] bytes)
    {
        try
        {
            ArtifactCodec.Decode<double[]>("x", "npy", bytes);
        }
        catch (ArtifactSerializationException)
        {
            // The other types are tried too.
        }

        try
        {
            ArtifactCodec.Decode<int[,]>("x", "npy", bytes);
        }
        catch (ArtifactSerializationException)
        {
            // As above.
        }

        return ArtifactCodec.Decode<bool[]>("x", "npy", bytes);
    }

    private static void Fuzz(int rounds, byte[][] corpus, Func<byte[], object> read) =>
        Fuzzing.Run(7, rounds, corpus, MaxMemory, (_, bytes) => GC.KeepAlive(read(bytes)));

    /// <summary>A run in which one record is changed, read by everything that reads runs.</summary>
    private static void FuzzRuns(int rounds)
    {
        var data = RecordSamples.Data(default);
        byte[][] parts =
        [
            RecordSamples.Claim, RecordSamples.Started(GraphText), RecordSamples.Data(default), RecordSamples.LogHeader, RecordSamples.Log,
            RecordSamples.Attempt(1, default, data.Length, [new(1, 400)]), data, RecordSamples.Finished, RecordSamples.Adopted,
            ProvenanceJson.WriteHeader(RecordSamples.Provenance), ProvenanceJson.WriteBody(RecordSamples.Provenance),
        ];
        Fuzzing.Run(11, rounds, parts, 16_000_000, (which, bytes) =>
        {
            var changed = parts.ToArray();
            changed[which] = bytes;
            if (which != 0)
            {
                changed[0] = new RunClaim("F", "ada", default, null, 0).Write();
            }

            using var store = LocalStore.Open("/store", new SimulatedDisk());
            var run = store.ClaimRun("F", changed[0]);
            using (var writer = run.OpenWriter())
            {
                writer.Append(RecordKind.RunStarted, changed[1], changed[2]);
                writer.Append(RecordKind.Provenance, changed[9], changed[10]);
                writer.Append(RecordKind.Log, changed[3], changed[4]);
                writer.Append(RecordKind.Attempt, changed[5], changed[6]);
                if (which == 8)
                {
                    writer.Append(RecordKind.Adopted, [], changed[8]);
                }

                writer.Append(RecordKind.RunFinished, changed[7], []);
                writer.Commit();
            }

            Each(
                () => new StoreVerifier(store).Verify(CancellationToken.None),
                () => new RunIndexSource(run).Read(null).Count(),
                () => ResumePlan.Read(run, FlowGraph.Parse(GraphText), null),
                () => ReadRun(store) > 0);
        });
    }

    private static int ReadRun(LocalStore store)
    {
        using var reader = RunReader.Open(store, "F", "1");
        var count = reader.Parameters.Count;
        foreach (var task in reader.Steps.SelectMany(reader.Tasks))
        {
            var source = reader.Artifacts(task);
            count += source.All.Count();
            count += reader.Log(task.TaskId, task.Attempt).Count();
            foreach (var artifact in source.All.Where(artifact => artifact.Inline is not null))
            {
                count += source.Read(artifact).Length;
            }
        }

        return count;
    }

    private static void Each(params Func<object>[] readers)
    {
        foreach (var read in readers)
        {
            try
            {
                GC.KeepAlive(read());
            }
            catch (MetaflowException)
            {
                // Each reader says so for itself.
            }
        }
    }
}
