using System.Buffers;
using System.Text;
using Metaflow.Storage;
using Metaflow.Storage.Codecs;

namespace Metaflow.Tests.Storage;

public sealed class GoldenStoreTests : IDisposable
{
    private static readonly string Golden = Path.Join(AppContext.BaseDirectory, "Storage", "Golden", "store-v1");

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Blobs_OfVersion1_AreRead()
    {
        using var store = LocalStore.OpenReadOnly(Golden);

        Assert.Equal(
            GoldenStore.Blobs.Select(blob => ContentHash.Of(blob.Content).ToString()).Order(),
            store.Blobs.List().Select(hash => hash.ToString()));
        foreach (var (content, _) in GoldenStore.Blobs)
        {
            using var blob = store.Blobs.Open(ContentHash.Of(content));
            Assert.True(blob.Memory.Span.SequenceEqual(content));
        }
    }

    [Fact]
    public void Blobs_OfVersion1_HaveEveryEncoding()
    {
        var found = new List<BlobEncoding>();
        foreach (var (content, _) in GoldenStore.Blobs)
        {
            var hash = ContentHash.Of(content);
            var file = File.ReadAllBytes(Path.Join(Golden, StoreLayout.BlobKey(hash)));
            found.Add(BlobHeader.Read(file, "golden", file.Length, hash).Encoding);
        }

        Assert.Equal(
            [BlobEncoding.Raw, BlobEncoding.Raw, new(CodecId.Lz4, 1), new(CodecId.Lz4, 1), new(CodecId.Lz4, 2), new(CodecId.Lz4, 4), new(CodecId.Lz4, 8)],
            found);
    }

    [Fact]
    public void Run_OfVersion1_IsRead()
    {
        using var store = LocalStore.OpenReadOnly(Golden);
        var run = store.OpenRun(GoldenStore.Flow, "1");
        using var reader = run.OpenReader();

        Assert.Equal(GoldenStore.Claim, run.ReadClaim());
        Assert.Equal(
            GoldenStore.Records.Where(record => record.Kind != (RecordKind)200),
            reader.Scan().Select(record =>
                (record.Kind, Encoding.UTF8.GetString(record.Header.Span), Encoding.UTF8.GetString(record.Body.Span))));
    }

    /// <summary>Compressed blobs may become smaller with time; all else has one right form.</summary>
    [Fact]
    public void Writing_SameInput_GivesTheSameBytes()
    {
        using var store = LocalStore.Open(_folder["store"]);
        var run = store.ClaimRun(GoldenStore.Flow, GoldenStore.Claim);
        GoldenStore.WriteRecords(run);
        List<string> files = ["store.json", "runs/GoldenFlow/1/claim", "runs/GoldenFlow/1/00001.seg"];
        foreach (var (content, _) in GoldenStore.Blobs.Take(2))
        {
            files.Add(StoreLayout.BlobKey(store.Blobs.Put(new ReadOnlySequence<byte>(content))));
        }

        foreach (var file in files)
        {
            Assert.Equal(File.ReadAllBytes(Path.Join(Golden, file)), File.ReadAllBytes(_folder["store/" + file]));
        }
    }

    [Fact]
    public void RawBlobOfSeveralChunks_AnyContent_IsHeaderContentAndHashes()
    {
        var content = SampleContent.Noise((1 << 20) + 5);
        using var store = LocalStore.Open(_folder["store"]);
        var hash = store.Blobs.Put(new ReadOnlySequence<byte>(content));

        var file = File.ReadAllBytes(_folder["store/" + StoreLayout.BlobKey(hash)]);

        Assert.Equal("89-4D-46-42-4C-42-0D-0A-01-00-00-01", BitConverter.ToString(file, 0, 12));
        Assert.Equal(content.Length, BitConverter.ToInt64(file, 16));
        Assert.Equal(content.Length, BitConverter.ToInt64(file, 24));
        Assert.Equal(hash.ToString(), Convert.ToHexStringLower(file.AsSpan(32, 32)));
        Assert.True(file.AsSpan(64, content.Length).SequenceEqual(content));
        byte[] hashes =
        [
            .. System.Security.Cryptography.SHA256.HashData(content.AsSpan(0, 1 << 20)),
            .. System.Security.Cryptography.SHA256.HashData(content.AsSpan(1 << 20)),
        ];
        Assert.Equal(hashes, file[(64 + content.Length)..]);
    }
}
