using System.Buffers;
using Metaflow.Storage;
using Metaflow.Storage.Codecs;

namespace Metaflow.Tests.Storage;

/// <summary>Content of one chunk, which one thread writes while another one hashes it.</summary>
public sealed class BlobWriteAheadTests
{
    private const string Root = "/store";

    public static TheoryData<string> Kinds => ["noise", "json", "counter"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Put_EachCallFailsOnce_TryingAgainSucceeds(string kind)
    {
        var content = Content(kind);
        for (var call = 0; ; call++)
        {
            var disk = new SimulatedDisk();
            using var store = LocalStore.Open(Root, disk);
            store.Blobs.Put(new ReadOnlySequence<byte>([1]));
            var before = disk.Operations.Count;
            (disk.Fault, disk.FaultAt) = (Fault.Broken, before + call);
            try
            {
                store.Blobs.Put(content, 8);
            }
            catch (MetaflowException fault)
            {
                Assert.Contains(Root, fault.Message, StringComparison.Ordinal);
            }

            var isOver = disk.Operations.Count <= disk.FaultAt;
            disk.Fault = Fault.None;
            var hash = store.Blobs.Put(content, 8);

            Assert.Empty(disk.Names(Root + "/tmp"));
            var after = LocalStore.OpenReadOnly(Root, disk.Restart(Survival.Nothing, 0));
            using var blob = after.Blobs.Open(hash);
            Assert.True(blob.Memory.Span.SequenceEqual(content.FirstSpan));
            if (isOver)
            {
                Assert.InRange(call, 6, 100);
                break;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Put_ThereAlready_LeavesNothingBehind(string kind)
    {
        var disk = new SimulatedDisk();
        using var store = LocalStore.Open(Root, disk);
        var hash = store.Blobs.Put(Content(kind), 8);
        var path = $"{Root}/{StoreLayout.BlobKey(hash)}";
        var file = disk.ReadFile(path);
        Assert.Equal(kind == "noise" ? CodecId.Raw : CodecId.Lz4, (CodecId)file[10]);

        Assert.Equal(hash, store.Blobs.Put(Content(kind), 8));

        Assert.Equal(file, disk.ReadFile(path));
        Assert.Empty(disk.Names(Root + "/tmp"));
        Assert.Equal([hash], store.Blobs.List());
    }

    [Fact]
    public void Put_ThereAlreadyOnAFullDisk_Succeeds()
    {
        var disk = new SimulatedDisk();
        using var store = LocalStore.Open(Root, disk);
        var hash = store.Blobs.Put(Content("noise"));
        (disk.Fault, disk.FaultAt, disk.FaultStays) = (Fault.Full, disk.Operations.Count, true);

        Assert.Equal(hash, store.Blobs.Put(Content("noise")));

        Assert.Contains("full", Assert.Throws<MetaflowException>(() => store.Blobs.Put(Content("json"))).Message, StringComparison.Ordinal);
        Assert.Empty(disk.Names(Root + "/tmp"));
    }

    private static ReadOnlySequence<byte> Content(string kind) => new(kind switch
    {
        "noise" => SampleContent.Noise(300_000),
        "json" => SampleContent.Json(300_000),
        _ => SampleContent.Counting(300_000),
    });
}
