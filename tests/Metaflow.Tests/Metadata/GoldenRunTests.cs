using Metaflow.Artifacts;
using Metaflow.Housekeeping;
using Metaflow.Metadata;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;
using Metaflow.Runtime;
using Metaflow.Storage;
using Metaflow.Storage.Files;
using Metaflow.Tests.Crashes;

namespace Metaflow.Tests.Metadata;

/// <summary>
/// Runs that version 1 of the records wrote: one that failed, and one that resumed it and was tagged. The files were written
/// once and are never written again: whatever this version of Metaflow becomes, it reads them.
/// </summary>
public sealed class GoldenRunTests
{
    private static readonly string Golden = Path.Join(AppContext.BaseDirectory, "Metadata", "Golden", "runs-v1");

    [Fact]
    public void Store_OfVersion1_IsSound()
    {
        using var store = LocalStore.OpenReadOnly(Golden);

        var report = new StoreVerifier(store).Verify(TestContext.Current.CancellationToken);

        Assert.Empty(report.Problems);
        Assert.Equal((2, 2, 0), (report.Runs, report.Blobs, report.UnreferencedBlobs));
    }

    [Fact]
    public void FailedRun_OfVersion1_IsRead()
    {
        using var store = LocalStore.OpenReadOnly(Golden);
        using var run = Open(store, "1");

        Assert.Equal("failed", run.Info.Status);
        Assert.Equal(["first"], run.Info.Started.Tags);
        Assert.Contains("asked to fail", run.Info.Finished!.Failure, StringComparison.Ordinal);
        Assert.Equal(["Start", "Work"], run.Steps);
        var failed = run.Tasks("Work").Single(task => task.Outcome == AttemptOutcome.Failed);
        var attempt = run.Attempt(failed);
        Assert.Equal("asked to fail", attempt.Error!.Message);
        Assert.Equal(("Start", 2, 3, "größer"), attempt.Stack.Select(level => (level.SplitStep, level.Index, level.Count, level.Label)).Single());
        Assert.Equal(3, Decode<int>(run, run.Parameters.Single(parameter => parameter.Name == nameof(GoldenRunFlow.Top))));
    }

    [Fact]
    public void ResumedRun_OfVersion1_IsRead()
    {
        using var store = LocalStore.OpenReadOnly(Golden);
        using var run = Open(store, "2");

        Assert.Equal(("succeeded", "1"), (run.Info.Status, run.Info.Started.OriginRunId));
        Assert.Equal(["golden", "later"], run.Info.Started.Tags);
        Assert.Equal(6, run.TaskCount);
        var end = run.Tasks("End").Single();
        var artifacts = run.Artifacts(end).All.ToDictionary(artifact => artifact.Name);
        Assert.Equal("naïve €", Decode<string>(run, artifacts[nameof(GoldenRunFlow.Text)]));
        Assert.Equal([1.5, double.NaN, -0.0], Decode<double[]>(run, artifacts[nameof(GoldenRunFlow.Numbers)]));
        Assert.Equal(new[,] { { 1, 2 }, { 3, 4 } }, Decode<int[,]>(run, artifacts[nameof(GoldenRunFlow.Grid)]));
        Assert.Equal(new() { ["a"] = 0.1, ["b"] = double.PositiveInfinity }, Decode<Dictionary<string, double>>(run, artifacts[nameof(GoldenRunFlow.Scores)]));
        Assert.Equal([4, 4, 12], Decode<IReadOnlyList<int>>(run, artifacts[nameof(GoldenRunFlow.Lengths)]));
        Assert.Equal(GoldenRunFlow.Content(1), Decode<byte[]>(run, artifacts[nameof(GoldenRunFlow.Compressible)]));
        Assert.Equal(GoldenRunFlow.Content(2), Decode<byte[]>(run, artifacts[nameof(GoldenRunFlow.Noise)]));
        Assert.Equal(["end, größer"], run.Log(end.TaskId, end.Attempt).Select(line => line.Text));
    }

    [Fact]
    public void Runs_OfVersion1_AreIndexed()
    {
        using var store = LocalStore.OpenReadOnly(Golden);
        using var index = StoreIndex.Open(Golden, readOnly: true);

        IndexCatchUp.Rebuild(index, RunIndexSource.All(store), fault => Assert.Fail(fault.Message), TestContext.Current.CancellationToken);

        Assert.Equal([("succeeded", 6), ("failed", 4)], index.Runs(new() { Flow = nameof(GoldenRunFlow) })
            .Select(run => (run.Status, index.Tasks(run.Flow, run.RunId, new()).Count)));
        Assert.Equal([2], index.Runs(new() { Tags = ["golden"] }).Select(run => run.RunId));
    }

    /// <summary>Writes what is in the directory, once for each version.</summary>
    [Fact(Explicit = true)]
    public async Task Write()
    {
        var root = Path.Join(Path.GetTempPath(), "metaflow-golden-run", StoreLayout.Directory);
        GoldenRunFlow.FailsNow = true;
        await CrashWorld.RunAsync<GoldenRunFlow>(root, LocalFileSystem.Instance, tags: ["first"]);
        GoldenRunFlow.FailsNow = false;
        var resumed = await CrashWorld.RunAsync<GoldenRunFlow>(root, LocalFileSystem.Instance, "1", tags: ["golden"]);
        Assert.Equal(RunStatus.Succeeded, resumed.Status);
        using var store = LocalStore.Open(root);
        await RunTagEditor.ChangeAsync(
            store, store.OpenRun(nameof(GoldenRunFlow), "2"), tags => [.. tags, "later"], "ada", TimeProvider.System, TestContext.Current.CancellationToken);
    }

    private static Metaflow.Metadata.RunReader Open(LocalStore store, string run) =>
        Metaflow.Metadata.RunReader.Open(store, nameof(GoldenRunFlow), run);

    private static T Decode<T>(Metaflow.Metadata.RunReader run, StoredArtifact artifact) =>
        ArtifactCodec.Decode<T>(artifact.Name, artifact.Encoding, run.Read(artifact));
}

/// <summary>The flow whose runs are kept.</summary>
public partial class GoldenRunFlow : FlowSpec
{
    [Parameter]
    public int Top { get; init; } = 3;

    [Artifact]
    public partial string Text { get; set; }

    [Artifact]
    public partial double[] Numbers { get; set; }

    [Artifact]
    public partial int[,] Grid { get; set; }

    [Artifact]
    public partial Dictionary<string, double> Scores { get; set; }

    [Artifact]
    public partial byte[] Compressible { get; set; }

    [Artifact]
    public partial byte[] Noise { get; set; }

    [Artifact]
    public partial int Length { get; set; }

    [Artifact]
    public partial IReadOnlyList<int> Lengths { get; set; }

    public static bool FailsNow { get; set; }

    /// <summary>What the two large artifacts hold.</summary>
    public static byte[] Content(int which) => which == 1
        ? [.. Enumerable.Range(0, 100_000).Select(n => (byte)(n / 1000))]
        : [.. Enumerable.Range(0, 70_000).Select(n => (byte)(((uint)n * 2_654_435_761u) >> 13))];

    [Step]
    public Transition Start()
    {
        Text = "naïve €";
        Numbers = [1.5, double.NaN, -0.0];
        Grid = new[,] { { 1, 2 }, { 3, 4 } };
        Scores = new() { ["a"] = 0.1, ["b"] = double.PositiveInfinity };
        Compressible = Content(1);
        Noise = Content(2);
        return NextForEach(["klein", "groß", "größer"], Work);
    }

    [Step]
    public Transition Work(string item)
    {
        if (FailsNow && item == "größer")
        {
            throw new InvalidOperationException("asked to fail");
        }

        Length = item.Length + (item == "größer" ? 6 : item == "klein" ? -1 : 0);
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<GoldenRunFlow> inputs)
    {
        MergeArtifacts(inputs, exclude: [nameof(Length)]);
        Lengths = [.. inputs.Select(input => input.Length)];
        return Next(End);
    }

    [Step]
    public void End() => Console.WriteLine("end, größer");
}
