using System.Buffers;
using System.Text;
using Metaflow.Storage;

namespace Metaflow.Tests.Storage;

/// <summary>Every reader of stored bytes, fed with changed bytes: it gives what was stored or a typed fault, in bounded memory.</summary>
public sealed class StoredBytesFuzzTests
{
    private const int Rounds = 20_000;
    private const int LongRounds = 1_000_000;
    private const string Root = "/store";

    [Fact]
    public void Blob_ChangedBytes_GiveContentOrFault() => FuzzBlob(Rounds);

    [Fact]
    public void Segment_ChangedBytes_GiveRecordsOrFault() => FuzzSegment(Rounds);

    [Fact]
    public void Marker_ChangedBytes_OpenOrFault() => FuzzMarker(Rounds);

    /// <summary>The same with a million inputs for each reader; takes minutes.</summary>
    [Theory(Explicit = true)]
    [InlineData("blob")]
    [InlineData("segment")]
    [InlineData("marker")]
    public void Any_ChangedManyTimes_GivesContentOrFault(string target)
    {
        Action<int> fuzz = target switch { "blob" => FuzzBlob, "segment" => FuzzSegment, _ => FuzzMarker };
        fuzz(LongRounds);
    }

    private static void FuzzBlob(int rounds)
    {
        var contents = new[] { SampleContent.Noise(300), SampleContent.Json(9000), SampleContent.Counting(9001), SampleContent.Mixture(12_000, 3), [] };
        var disk = new SimulatedDisk();
        using var store = LocalStore.Open(Root, disk);
        var files = contents.Select(content => disk.ReadFile($"{Root}/{StoreLayout.BlobKey(store.Blobs.Put(new ReadOnlySequence<byte>(content), 8))}")).ToArray();
        Assert.Equal(2, files.Select(file => file[10]).Distinct().Count());

        Fuzz(rounds, files, maxMemory: 8_000_000, (which, file) =>
        {
            // A checksum that fits lets the change through to what is behind it.
            if (file.Length >= BlobHeader.Length && file.Length % 2 == 0)
            {
                BlobFile.Seal(file);
            }

            using var blob = StoredBlob.Open(new BytesInMemory(file), ContentHash.Of(contents[which]));
            Assert.True(blob.Memory.Span.SequenceEqual(contents[which]));
        });
    }

    private static void FuzzSegment(int rounds)
    {
        const string Path = Root + "/runs/Flow/1/00001.seg";
        var disk = new SimulatedDisk();
        using var store = LocalStore.Open(Root, disk);
        var run = store.ClaimRun("Flow", default);
        var written = new Dictionary<RecordAddress, string>();
        using (var writer = run.OpenWriter())
        {
            for (var index = 0; index < 8; index++)
            {
                var body = new string((char)('a' + index), 10 + (17 * index));
                written.Add(writer.Append(RecordKind.Log, "head"u8, Encoding.UTF8.GetBytes(body)), body);
                if (index % 3 == 0)
                {
                    writer.Commit();
                }
            }

            writer.Commit();
        }

        Fuzz(rounds, [disk.ReadFile(Path)], maxMemory: 4_000_000, (_, file) =>
        {
            disk.Place(Path, file);
            using var reader = run.OpenReader();
            try
            {
                foreach (var record in reader.Scan())
                {
                    Assert.Equal(written[record.Address], Encoding.UTF8.GetString(record.Body.Span));
                }
            }
            finally
            {
                foreach (var (address, body) in written)
                {
                    try
                    {
                        Assert.Equal(body, Encoding.UTF8.GetString(reader.Read(address).Body.Span));
                    }
                    catch (MetaflowException)
                    {
                        // Damaged, and said so.
                    }
                }
            }
        });
    }

    private static void FuzzMarker(int rounds) =>
        Fuzz(rounds, [StoreMarker.Content.ToArray()], maxMemory: 1_000_000, (_, file) => StoreMarker.Check("/store/store.json", file));

    private static void Fuzz(int rounds, byte[][] files, long maxMemory, Action<int, byte[]> read)
    {
        var random = new Random(42);
        for (var round = 0; round < rounds; round++)
        {
            var which = random.Next(files.Length);
            var file = Change(files[which], random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(which, file);
            }
            catch (MetaflowException)
            {
                // A typed fault with a sentence is what damaged bytes are to give.
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, maxMemory);
        }
    }

    private static byte[] Change(byte[] original, Random random)
    {
        var file = original.ToList();
        for (var change = random.Next(4); change >= 0; change--)
        {
            var at = random.Next(file.Count + 1);
            switch (random.Next(6))
            {
                case 0:
                    file.RemoveRange(at, Math.Min(random.Next(40), file.Count - at));
                    break;
                case 1:
                    file.InsertRange(at, Enumerable.Range(0, random.Next(40)).Select(_ => (byte)random.Next(256)));
                    break;
                case 2 when file.Count >= BlobHeader.Length:
                    file[random.Next(BlobHeader.Length)] = (byte)random.Next(256);
                    break;
                case 3:
                    file.RemoveRange(at, file.Count - at);
                    break;
                default:
                    if (at < file.Count)
                    {
                        file[at] = random.Next(4) switch { 0 => 0, 1 => 0xFF, 2 => (byte)(file[at] ^ (1 << random.Next(8))), _ => (byte)random.Next(256) };
                    }

                    break;
            }
        }

        return [.. file];
    }
}
