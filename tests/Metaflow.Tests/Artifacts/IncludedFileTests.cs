using System.Text;
using Metaflow.Artifacts;
using Metaflow.Storage;

namespace Metaflow.Tests.Artifacts;

public sealed class IncludedFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("metaflow-included-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task ReadAll_FileOnDisk_GivesItsContent()
    {
        var path = Path.Join(_directory, "a.txt");
        File.WriteAllText(path, "naïve\nü");
        IncludedFile file = path;

        Assert.Equal((path, 9L), (file.Path, file.Size));
        Assert.Equal("naïve\nü", file.ReadAllText());
        Assert.Equal("naïve\nü", await file.ReadAllTextAsync(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(["naïve", "ü"], file.ReadLines());
        Assert.Equal(File.ReadAllBytes(path), file.ReadAllBytes());
        Assert.Equal(File.ReadAllBytes(path), await file.ReadAllBytesAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ReadAll_OtherEncoding_IsDecoded()
    {
        var file = IncludedFile.FromText("naïve", encoding: Encoding.Latin1);

        Assert.Equal(5, file.Size);
        Assert.Equal("naïve", file.ReadAllText(Encoding.Latin1));
        Assert.Equal("naïve", await file.ReadAllTextAsync(Encoding.Latin1, TestContext.Current.CancellationToken));
        Assert.Equal(["naïve"], file.ReadLines(Encoding.Latin1));
    }

    [Fact]
    public async Task ReadAllTextAsync_Cancelled_Stops() => await Assert.ThrowsAnyAsync<OperationCanceledException>(
        () => IncludedFile.FromText("a").ReadAllTextAsync(cancellationToken: new(canceled: true)));

    [Fact]
    public void OpenRead_NoSuchFile_NamesIt()
    {
        var path = Path.Join(_directory, "missing.csv");
        IncludedFile file = path;

        Assert.Equal(0, file.Size);
        var fault = Assert.Throws<MetaflowException>(file.OpenRead);
        Assert.Contains($"There is no file '{path}'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenRead_Address_SaysToDownloadIt() =>
        Assert.Contains(
            "'s3://bucket/a.csv' is an address, not a file.",
            Assert.Throws<MetaflowException>(IncludedFile.FromPath("s3://bucket/a.csv").OpenRead).Message,
            StringComparison.Ordinal);

    [Fact]
    public void FromPath_FileWrittenLater_IsSeen()
    {
        var path = Path.Join(_directory, "later.txt");
        var file = IncludedFile.FromPath(path);
        File.WriteAllText(path, "abc");

        Assert.Equal(3, file.Size);
    }

    [Fact]
    public void ToString_Size_IsForPeople() => Assert.Equal("a.bin (1.5 KB)", IncludedFile.FromBytes(new byte[1536], "a.bin").ToString());

    [Fact]
    public void Keep_File_IsStoredOnceAndOpenedFromTheStore()
    {
        using var store = LocalStore.Open(_directory);
        var content = IncludedFileContent.Keep("File", IncludedFile.FromText("abc", "a.txt"), store.Blobs);

        var file = ArtifactCodec.Decode<IncludedFile>("F", content.Encoding, content.Bytes, hash => store.Blobs.Open(hash).OpenRead());

        Assert.Equal("included-file", content.Encoding);
        Assert.Equal(("a.txt", 3L, "abc"), (file.Path, file.Size, file.ReadAllText()));

        // Passed on as an artifact, it is the same descriptor.
        Assert.Equal(content.Bytes.FirstSpan.ToArray(), ArtifactCodec.Encode("F", file).Bytes.FirstSpan.ToArray());
    }

    [Fact]
    public void Describe_File_IsJson() => Assert.Equal(
        """{"path":"a.txt","size":3,"sha256":"0000000000000000000000000000000000000000000000000000000000000000"}""",
        Encoding.UTF8.GetString(IncludedFileContent.Describe("a.txt", 3, default).Bytes.FirstSpan));

    [Fact]
    public void OpenRead_WithoutAStore_SaysSo()
    {
        var content = IncludedFileContent.Describe("a.txt", 3, default);
        var file = ArtifactCodec.Decode<IncludedFile>("F", content.Encoding, content.Bytes);

        Assert.Contains("read without its store", Assert.Throws<MetaflowException>(file.OpenRead).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"path":"a","size":-1,"sha256":"0000000000000000000000000000000000000000000000000000000000000000"}""")]
    [InlineData("""{"path":"a","size":1.5,"sha256":"0000000000000000000000000000000000000000000000000000000000000000"}""")]
    [InlineData("""{"path":5,"size":1,"sha256":"0000000000000000000000000000000000000000000000000000000000000000"}""")]
    [InlineData("""{"path":"a","size":1,"sha256":"00"}""")]
    public void Decode_DamagedDescriptor_IsRefused(string text) => Assert.Contains(
        "the descriptor is damaged",
        Assert.Throws<ArtifactSerializationException>(
            () => ArtifactCodec.Decode<IncludedFile>("F", "included-file", Encoding.UTF8.GetBytes(text))).Message,
        StringComparison.Ordinal);
}
