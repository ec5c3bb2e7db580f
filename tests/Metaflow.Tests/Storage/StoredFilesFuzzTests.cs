using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Metaflow.Definitions;
using Metaflow.Graph;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Provenance;
using Metaflow.Provenance.Capture;
using Metaflow.Runtime.Tasks;
using Metaflow.Runtime.Workers;
using Metaflow.Signing;
using Metaflow.Storage;
using Metaflow.Storage.Codecs;
using Metaflow.Tests.Crashes;
using Metaflow.Tests.Metadata.Records;

namespace Metaflow.Tests.Storage;

/// <summary>The files beside segments and blobs, compressed blocks, and what workers say: changed bytes give a value or a typed fault.</summary>
public sealed class StoredFilesFuzzTests
{
    private const int Rounds = 4_000;
    private const int LongRounds = 1_000_000;
    private const int MaxMemory = 1_000_000;

    private static readonly Dictionary<string, Action<int>> Targets = new()
    {
        ["lz4 block"] = FuzzBlocks,
        ["lz4 block prefix and byte groups"] = FuzzEncodedBlocks,
        ["end note"] = rounds => Fuzz(rounds, [JsonSeal.Seal("""{"end":"0003000000000010","lengths":[4096,17]}"""u8)], bytes => StoredRecordContent.Guarded(
            "ended", 0, bytes, static bytes => RunSeal.Parse(Resealed(bytes)))),
        ["claim"] = rounds => Fuzz(rounds, [RecordSamples.Claim], bytes => StoredRecordContent.Guarded("claim", 0, bytes, static bytes => RunClaim.Parse(Resealed(bytes)))),
        ["redo"] = FuzzRedo,
        ["envelope"] = rounds => Fuzz(rounds, [Envelope.Write()], bytes => DsseEnvelope.TryParse(bytes) as object ?? bytes),
        ["manifest"] = rounds => Fuzz(rounds, [Manifest.Write()], RunManifest.Parse),
        ["leaf"] = rounds => Fuzz(rounds, [.. Leaves.Select(leaf => leaf.ToBytes())], bytes => ManifestLeaf.TryParse(Encoding.UTF8.GetString(bytes)) as object ?? bytes),
        ["snapshot note"] = FuzzSnapshots,
        ["worker: hello"] = rounds => FuzzMessages(rounds, writer => writer.Write(new Wire.Hello("/store", "F", "1", new(1, 16))), reader => reader.ReadHello()),
        ["worker: assignment"] = rounds => FuzzMessages(rounds, writer => writer.Write(Assignment), Wire.ReadAssignment),
        ["worker: result"] = rounds => FuzzMessages(rounds, writer => writer.Write(Result), Wire.ReadResult),
        ["worker: secrets"] = rounds => FuzzMessages(rounds, writer => writer.WriteSecrets(["one", "two"]), Wire.ReadSecrets),
    };

    public static TheoryData<string> TargetNames => [.. Targets.Keys];

    private static DsseEnvelope Envelope => new(RunManifest.PayloadType, Manifest.Write(), "ed25519:00", [1, 2, 3]);

    private static RunManifest Manifest => new()
    {
        Flow = "F", Run = "1", Status = "succeeded", Signed = DateTimeOffset.UnixEpoch, Files = [("00001.seg", 17)], Contents = 1, Leaves = 2, Root = new string('a', 64),
    };

    private static ManifestLeaf[] Leaves => [new("00001.seg", 0, 17, ContentHash.Of("a"u8)), new(null, 0, 5, ContentHash.Of("b"u8))];

    private static TaskAssignment Assignment => new()
    {
        TaskId = 7, Step = "Work", Attempt = 1, Parent = new(1, 99), Fallback = new("Type", "message", "trace"),
        Stack = [new("Start", 1, new(1, 50), true, 2, 3, "Work", "label")], Inputs = [new(1, 60), new(1, 70)],
    };

    private static TaskResult Result => new()
    {
        Outcome = AttemptOutcome.Succeeded, Kind = TransitionKind.ForEach, Targets = ["Work", "Join"], Count = 4, Error = new("Type", "message", null),
        Data = "some bytes"u8.ToArray(), RetryAfter = TimeSpan.FromSeconds(3),
    };

    [Theory]
    [MemberData(nameof(TargetNames))]
    public void File_Changed_GivesAValueOrAFault(string target) => Targets[target](Rounds);

    /// <summary>A million inputs for each reader; takes minutes.</summary>
    [Theory(Explicit = true)]
    [MemberData(nameof(TargetNames))]
    public void File_ChangedManyTimes_GivesAValueOrAFault(string target) => Targets[target](LongRounds);

    private static void Fuzz(int rounds, IReadOnlyList<byte[]> corpus, Func<byte[], object> read) =>
        Fuzzing.Run(13, rounds, corpus, MaxMemory, (_, bytes) => GC.KeepAlive(read(bytes)));

    /// <summary>Every second input gets a checksum that fits, so that what is behind it is reached.</summary>
    private static byte[] Resealed(byte[] bytes)
    {
        var at = bytes.AsSpan().IndexOf(",\"crc\":\""u8);
        return at > 0 && bytes.Length % 2 == 0 ? JsonSeal.Seal([.. bytes[..at], (byte)'}']) : bytes;
    }

    private static byte[][] Contents => [SampleContent.Json(3000), SampleContent.Counting(2000), SampleContent.Mixture(1500, 3), new byte[4000], SampleContent.Json(40)];

    /// <summary>Whatever a block says, nothing beside the place for its content is written.</summary>
    private static void FuzzBlocks(int rounds)
    {
        var contents = Contents;
        var blocks = contents.Select(content =>
        {
            var block = new byte[content.Length + 64];
            return block[..Lz4Block.Compress(content, block)];
        }).ToArray();
        const int Margin = 64;
        const byte Untouched = 0xA5;
        Fuzzing.Run(17, rounds, blocks, MaxMemory, (which, block) =>
        {
            // In memory of its own, so that reading behind its end is seen by a heap that checks.
            var place = new byte[contents[which].Length + (2 * Margin)];
            place.AsSpan().Fill(Untouched);
            Lz4Block.TryDecompress(block, place.AsSpan(Margin, contents[which].Length));
            Assert.Equal(-1, place.AsSpan(0, Margin).IndexOfAnyExcept(Untouched));
            Assert.Equal(-1, place.AsSpan(Margin + contents[which].Length).IndexOfAnyExcept(Untouched));
        });
    }

    private static void FuzzEncodedBlocks(int rounds)
    {
        var contents = Contents;
        BlobEncoding[] encodings = [new(CodecId.Lz4, 1), new(CodecId.Lz4, 2), new(CodecId.Lz4, 4), new(CodecId.Lz4, 8)];
        var blocks = contents.SelectMany(content => encodings, (content, encoding) =>
        {
            var block = new byte[content.Length + Lz4Frame.BlockPrefixLength];
            return block[..encoding.EncodeBlock(new(content), block)];
        }).ToArray();
        Fuzzing.Run(19, rounds, blocks, MaxMemory, (which, block) =>
        {
            if (block.Length < Lz4Frame.BlockPrefixLength)
            {
                return;
            }

            var (length, stored) = Lz4Frame.ReadBlockPrefix(block);
            Assert.InRange(length, 0, int.MaxValue);
            var chunk = new byte[contents[which / encodings.Length].Length];
            encodings[which % encodings.Length].TryDecodeBlock(block.AsSpan(Lz4Frame.BlockPrefixLength), stored, chunk);
        });
    }

    /// <summary>A file of records to be written over: it is followed only if it holds sound records at their places.</summary>
    private static void FuzzRedo(int rounds)
    {
        var disk = new SimulatedDisk();
        using var store = LocalStore.Open("/store", disk);
        var run = store.ClaimRun("F", RecordSamples.Claim);
        using (var writer = run.OpenWriter())
        {
            writer.Append(RecordKind.Log, "head"u8, "first"u8);
            writer.Append(RecordKind.Log, "head"u8, "second"u8);
            writer.Commit();
        }

        var segment = $"{run.Path}/00001.seg";
        var original = disk.ReadFile(segment);
        using var reader = run.OpenReader();
        var redo = Redo([.. reader.Scan()]);
        Fuzzing.Run(23, rounds, [redo], MaxMemory, (_, bytes) =>
        {
            if (bytes.Length > 2 * sizeof(uint) && bytes.Length % 2 == 0)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - sizeof(uint)), SegmentFormat.ChecksumOf(bytes.AsSpan(0, bytes.Length - sizeof(uint))));
            }

            disk.Place($"{run.Path}/{RecordOverwriter.RedoFile}", bytes);
            try
            {
                run.OpenOverwriter().Recover();
            }
            finally
            {
                Assert.Equal(original, disk.ReadFile(segment));
            }
        });
    }

    private static byte[] Redo(IReadOnlyList<StoredRecord> records)
    {
        var redo = new MemoryStream();
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        foreach (var record in records)
        {
            var bytes = new byte[SegmentFormat.RecordPrefixLength + record.Header.Length + record.Body.Length];
            SegmentFormat.WriteRecord(bytes, record.Address, record.Kind, record.Header.Span, record.Body.Span);
            BinaryPrimitives.WriteUInt64LittleEndian(number, record.Address.Value);
            redo.Write(number);
            BinaryPrimitives.WriteInt32LittleEndian(number, bytes.Length);
            redo.Write(number[..sizeof(int)]);
            redo.Write(bytes);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(number, SegmentFormat.ChecksumOf(redo.ToArray()));
        redo.Write(number[..sizeof(uint)]);
        return redo.ToArray();
    }

    /// <summary>A note on a program's sources is used as it was written, or not at all.</summary>
    private static void FuzzSnapshots(int rounds)
    {
        using var folder = new TestFolder();
        using var store = LocalStore.Open("/store", new SimulatedDisk());
        var cache = new SnapshotCache(store, folder["note"], "fingerprint");
        var blob = store.Blobs.Put(new System.Buffers.ReadOnlySequence<byte>(SampleContent.Json(100)));
        var (header, body) = (ProvenanceJson.WriteHeader(RecordSamples.Provenance), ProvenanceJson.WriteBody(RecordSamples.Provenance));
        cache.Keep(header, body, [blob], []);
        var note = File.ReadAllBytes(folder["note"]);
        Assert.NotNull(cache.TryUse(note, DateTimeOffset.UnixEpoch));
        Fuzzing.Run(29, rounds, [note], MaxMemory, (_, bytes) =>
            Assert.True(cache.TryUse(bytes, DateTimeOffset.UnixEpoch) is null || bytes.AsSpan().SequenceEqual(note)));
    }

    private static void FuzzMessages<T>(int rounds, Action<BinaryWriter> write, Func<BinaryReader, T> read) =>
        Fuzzing.Run(31, rounds, [Wire.Write(write)[Wire.LengthBytes..]], MaxMemory, (_, bytes) =>
        {
            try
            {
                Wire.Parse(bytes, read);
            }
            catch (InvalidDataException)
            {
                // The scheduler says so and ends the worker.
            }
        });
}
