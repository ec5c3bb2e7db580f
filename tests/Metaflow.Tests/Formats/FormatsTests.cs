using System.Text.Json;
using Metaflow.Client;
using Metaflow.Metadata.Records;
using Metaflow.Provenance;
using Metaflow.Runtime;
using Metaflow.Signing;
using Metaflow.Storage;
using Metaflow.Tests.Client;
using Metaflow.Tests.Metadata;
using Metaflow.Tests.Storage;
using RunStatus = Metaflow.Runtime.RunStatus;

namespace Metaflow.Tests.Formats;

/// <summary>
/// docs/formats describes every byte: a reader in Python, written from these pages alone, reads what this version and those
/// before it have written, and finds what the client finds.
/// </summary>
public sealed class FormatsTests : IDisposable
{
    /// <summary>A kind of records that no reader knows; the golden segment has one.</summary>
    private const int FromANewerVersion = 200;

    private readonly ClientRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void GoldenBlobsAndSegments_OfVersion1_AreRead()
    {
        var root = Path.Join(AppContext.BaseDirectory, "Storage", "Golden", "store-v1");
        using var store = LocalStore.OpenReadOnly(root);
        using var reader = store.OpenRun("GoldenFlow", "1").OpenReader();

        var read = PythonReader.Read(root, "--records");

        Assert.Equal(store.Blobs.List().Select(hash => hash.ToString()).Order(StringComparer.Ordinal), read.GetProperty("blobs").EnumerateObject().Select(blob => blob.Name));
        Assert.Equal(
            reader.Scan().Select(record => ($"{record.Address.Value:x16}", (int)record.Kind, Convert.ToHexStringLower(record.Header.Span), Convert.ToHexStringLower(record.Body.Span))),
            read.GetProperty("runs")[0].GetProperty("records").EnumerateArray().Where(record => record.GetProperty("kind").GetInt32() != FromANewerVersion).Select(record => (
                record.GetProperty("at").GetString()!, record.GetProperty("kind").GetInt32(), record.GetProperty("header").GetString()!, record.GetProperty("body").GetString()!)));
    }

    [Fact]
    public void GoldenRuns_OfVersion1_AreReadAsTheClientReadsThem()
    {
        var read = PythonReader.Read(Path.Join(AppContext.BaseDirectory, "Metadata", "Golden", "runs-v1"));

        using var client = MetaflowClient.Open(Path.Join(AppContext.BaseDirectory, "Metadata", "Golden", "runs-v1"));
        client.Namespace = null;
        Assert.Equal(2, read.GetProperty("runs").GetArrayLength());
        Assert.All(read.GetProperty("runs").EnumerateArray(), run => StoreComparison.Same(client, run));
    }

    [Fact]
    public async Task Store_ThatFlowsHaveJustWritten_IsReadAsTheClientReadsIt()
    {
        using var key = SigningKey.Create();
        using var sources = Provenance();
        Assert.Equal(RunStatus.Succeeded, (await _runs.RunAsync(new FormatsFlow(), tags: "nightly")).Status);
        _runs.Provenance = null;
        await _runs.RunAsync(new FormatsFlow { IsFailing = true });
        var failed = await _runs.RunAsync(new FormatsResumedFlow { IsFailing = true });
        await _runs.RunAsync(new FormatsResumedFlow(), resume: new(failed.RunId, null));
        using var client = _runs.Open();
        var run = client.Run("FormatsFlow/1");
        await run.AddTagsAsync(["größer", "later"], TestContext.Current.CancellationToken);
        await run.RemoveTagsAsync(["later"], TestContext.Current.CancellationToken);
        RunSignature.Sign(run, key, TestContext.Current.CancellationToken);
        Reproduced();
        File.WriteAllText(Path.Join(_runs.Folder, "key.pem"), key.ToPublicPem());

        var read = PythonReader.Read(_runs.Root, "--key", Path.Join(_runs.Folder, "key.pem"));

        var runs = read.GetProperty("runs").EnumerateArray().ToList();
        Assert.Equal(["FormatsFlow/1", "FormatsFlow/2", "FormatsResumedFlow/1", "FormatsResumedFlow/2"], runs.Select(found => $"{found.GetProperty("flow")}/{found.GetProperty("run")}"));
        Assert.All(runs, found => StoreComparison.Same(client, found));
        Assert.Empty(read.GetProperty("unmentioned").EnumerateArray());
        AssertEachWayToKeepBytes(read.GetProperty("blobs"), runs[0]);
        AssertCode(client.Run("FormatsFlow/1"), runs[0]);
        Assert.True(runs[0].GetProperty("signatures")[0].GetProperty("good").GetBoolean());
        Assert.Equal("identical", runs[0].GetProperty("reproductions")[0].GetProperty("verdict").GetString());
        Assert.Contains(runs[0].GetProperty("attempts").EnumerateArray(), attempt => attempt.GetProperty("own").GetArrayLength() < attempt.GetProperty("listed").GetInt32());
        Assert.Equal(
            [("text", "klein"), ("json", null), ("text", "größer")],
            runs[0].GetProperty("attempts").EnumerateArray().Single(attempt => attempt.GetProperty("step").ValueEquals("Split")).GetProperty("next").GetProperty("items")
                .EnumerateArray().Select(item => (item.GetProperty("encoding").GetString(), item.GetProperty("value").GetString())));
    }

    [Fact]
    public async Task Store_InUse_IsReadAsFarAsItIs()
    {
        var running = _runs.RunAsync(new FormatsWaitingFlow());
        await FormatsWaitingFlow.Reached.Task.WaitAsync(TestContext.Current.CancellationToken);

        var read = PythonReader.Read(_runs.Root);
        using var client = _runs.Open();
        var attempt = Assert.Single(client.Run("FormatsWaitingFlow/1").RunningTasks);
        FormatsWaitingFlow.Gate.SetResult();
        Assert.Equal(RunStatus.Succeeded, (await running).Status);

        var run = Assert.Single(read.GetProperty("runs").EnumerateArray());
        Assert.Equal("metaflow-store", read.GetProperty("store").GetProperty("format").GetString());
        Assert.False(run.TryGetProperty("finished", out _));
        var found = Assert.Single(run.GetProperty("running").EnumerateArray());
        Assert.Equal(
            (attempt.StepName, attempt.Id, attempt.Label, attempt.ProcessId),
            (found.GetProperty("step").GetString(), found.GetProperty("task").ToString(), found.GetProperty("label").GetString(), found.GetProperty("pid").GetInt32()));
        Assert.Empty(read.GetProperty("unmentioned").EnumerateArray());
    }

    [Fact]
    public async Task Byte_ThatIsFlipped_IsRefusedWithItsPlace()
    {
        await _runs.RunAsync(new MarksFlow());
        var blob = Directory.GetFiles(Path.Join(_runs.Root, "blobs"), "*", SearchOption.AllDirectories).Single();
        var segment = Path.Join(_runs.Root, "runs", "MarksFlow", "1", "00001.seg");
        var length = (int)new FileInfo(segment).Length;

        foreach (var at in (int[])[0, 8, 10, 16, 24, 40, 50_000])
        {
            Assert.StartsWith(blob + ", offset ", RefusedWithFlip(blob, at), StringComparison.Ordinal);
        }

        // The last record and the barrier behind it: what is not covered by a barrier may be a write that was cut off.
        foreach (var at in (int[])[0, 10, 20, 100, length / 2])
        {
            Assert.StartsWith(segment + ", offset ", RefusedWithFlip(segment, at), StringComparison.Ordinal);
        }

        PythonReader.Read(_runs.Root);
    }

    [Fact]
    public async Task Segment_WithZerosBehindItsLastRecord_EndsThere()
    {
        await _runs.RunAsync(new MarksFlow());
        var segment = Path.Join(_runs.Root, "runs", "MarksFlow", "1", "00001.seg");
        var length = new FileInfo(segment).Length;
        using (var file = File.OpenWrite(segment))
        {
            file.SetLength(length + 10_000);
        }

        var run = PythonReader.Read(_runs.Root).GetProperty("runs")[0];

        Assert.Equal(length, run.GetProperty("segments")[0].GetProperty("end").GetInt64());
        Assert.False(run.GetProperty("segments")[0].TryGetProperty("torn", out _));
    }

    private static void AssertEachWayToKeepBytes(JsonElement blobs, JsonElement run)
    {
        var artifacts = run.GetProperty("attempts")[0].GetProperty("artifacts");
        string How(string name) => blobs.GetProperty(artifacts.GetProperty(name).GetProperty("sha256").GetString()!) is var blob
            ? $"{blob.GetProperty("codec")} {blob.GetProperty("width")} {blob.GetProperty("size").GetInt64() > 1 << 20}" : "";
        Assert.Equal("lz4 8 True", How("Smooth"));
        Assert.Equal("lz4 4 False", How("Counting"));
        Assert.Equal("raw 1 False", How("Noise"));
        Assert.Equal("raw 1 True", How("LongNoise"));
        Assert.Equal("lz4 1 False", How("LongText"));
        Assert.Equal("json+npy", artifacts.GetProperty("Net").GetProperty("encoding").GetString());
        Assert.False(artifacts.GetProperty("Text").GetProperty("blob").GetBoolean());
    }

    private static void AssertCode(RunReference run, JsonElement read)
    {
        var (code, provenance) = (run.Code!, read.GetProperty("provenance"));
        var files = provenance.GetProperty("snapshot").GetProperty("files");
        Assert.Equal(code.Files.Select(file => (file.Path, file.Sha256)), files.EnumerateArray().Select(file => (file.GetProperty("path").GetString()!, file.GetProperty("sha256").GetString()!)));
        Assert.Equal((code.Entry, run.Environment!.Host), (provenance.GetProperty("entry").GetString(), provenance.GetProperty("environment").GetProperty("host").GetString()));
    }

    private TestFolder Provenance()
    {
        var sources = new TestFolder();
        Directory.CreateDirectory(sources["app"]);
        File.WriteAllText(sources["Directory.Build.props"], "<Project />");
        File.WriteAllText(sources["app/App.csproj"], "<Project />");
        File.WriteAllText(sources["app/flow.cs"], "// größer\n");
        _runs.Provenance = new()
        {
            Version = "1.0.0",
            WorkingDirectory = sources.Path,
            Variables = new Dictionary<string, string> { ["OMP_NUM_THREADS"] = "7" },
            Source = new(SourceKind.Project, sources["app/App.csproj"], null, null, null, null),
        };
        return sources;
    }

    /// <summary>Says of the first run that it was reproduced.</summary>
    private void Reproduced()
    {
        var reproduction = new RunReproduction
        {
            Started = DateTimeOffset.UnixEpoch, Verdict = ReproductionVerdict.Identical, Run = "FormatsFlow/1", Store = "/elsewhere",
            Identical = 1, Artifacts = [new("Start", "Text", VerdictKind.Identical, 1, 0)],
        };
        using var store = LocalStore.Open(_runs.Root);
        using var writer = store.OpenRun("FormatsFlow", "1").OpenWriter();
        writer.Append(RecordKind.Reproduction, ReproductionJson.WriteHeader(reproduction), ReproductionJson.WriteBody(reproduction));
        writer.Commit();
    }

    private string RefusedWithFlip(string file, int at)
    {
        Flip(file, at);
        try
        {
            return PythonReader.Refuse(_runs.Root);
        }
        finally
        {
            Flip(file, at);
        }
    }

    private static void Flip(string file, int at)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[at] ^= 0x10;
        File.WriteAllBytes(file, bytes);
    }
}
