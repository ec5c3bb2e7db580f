using Metaflow.Artifacts;
using Metaflow.Housekeeping;
using Metaflow.Runtime;
using Metaflow.Storage;

namespace Metaflow.Tests.Runtime;

/// <summary>Files and streams that a step keeps as artifacts.</summary>
public sealed class FileArtifactTests : IDisposable
{
    private const int Length = 5_000_000;

    private readonly InProcessRun _run = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metaflow-files-");

    public void Dispose()
    {
        _run.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Step_FileAndStream_AreKeptWithoutHoldingThemInMemory()
    {
        var path = Path.Join(_directory.FullName, "model.bin");
        await File.WriteAllBytesAsync(path, Content(1), TestContext.Current.CancellationToken);

        var (result, _) = await _run.RunAsync(new FileFlow { Model = path });

        Assert.Equal(RunStatus.Succeeded, result.Status);
        Assert.Equal(2L * Length, _run.Artifact<long>(nameof(FileFlow), "1", "End", nameof(FileFlow.Total)));
        Assert.Equal(path, _run.Artifact<IncludedFile>(nameof(FileFlow), "1", "End", nameof(FileFlow.File)).Path);
        using var store = LocalStore.OpenReadOnly(_run.Root);
        var report = new StoreVerifier(store).Verify(TestContext.Current.CancellationToken);
        Assert.Empty(report.Problems);
        Assert.Equal(0, report.UnreferencedBlobs);
    }

    [Fact]
    public async Task Step_ClosedStream_SaysToLeaveItOpen()
    {
        var (result, _) = await _run.RunAsync(new ClosedStreamFlow());

        Assert.Equal(RunStatus.Failed, result.Status);
        Assert.Contains("Artifact 'File' cannot be stored: its stream 'stream' was closed before the step ended.", result.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Step_MissingFile_IsNamed()
    {
        var (result, _) = await _run.RunAsync(new FileFlow { Model = Path.Join(_directory.FullName, "none.bin") });

        Assert.Equal(RunStatus.Failed, result.Status);
        Assert.Contains("none.bin", result.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Keep_DescriptorWithoutRoom_StaysInTheRecord()
    {
        using var store = LocalStore.Open(_run.Root);
        var file = IncludedFileContent.Keep("File", IncludedFile.FromText("abc"), store.Blobs);

        Assert.NotNull(ArtifactKeeper.Keep(store.Blobs, file, "File", room: 0).Inline);
    }

    internal static byte[] Content(int seed)
    {
        var content = new byte[Length];
        new Random(seed).NextBytes(content);
        return content;
    }
}

public partial class FileFlow : FlowSpec
{
    [Parameter]
    public string Model { get; init; } = "";

    [Artifact]
    public partial IncludedFile File { get; set; }

    [Artifact]
    public partial IncludedFile Streamed { get; set; }

    [Artifact]
    public partial long Total { get; set; }

    [Step]
    public Transition Start()
    {
        File = Model;
        Streamed = IncludedFile.FromStream(new MemoryStream(FileArtifactTests.Content(2)), "streamed");
        return Next(End);
    }

    [Step]
    public void End() => Total = File.ReadAllBytes().Length + Streamed.ReadAllBytes().Length;
}

public partial class ClosedStreamFlow : FlowSpec
{
    [Artifact]
    public partial IncludedFile File { get; set; }

    [Step]
    public void Start()
    {
        using var stream = new MemoryStream(new byte[10]);
        File = IncludedFile.FromStream(stream);
    }
}
