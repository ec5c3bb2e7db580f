using System.IO.Compression;
using System.Net;
using System.Text;
using Metaflow.Dashboard.Hosting;
using Metaflow.Definitions;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Runtime;
using Metaflow.Signing;
using Metaflow.Storage;
using Metaflow.Tests.Cli;
using Metaflow.Tool;

namespace Metaflow.Tests.Formats;

/// <summary>
/// A store that a later version has written, or that is damaged: each verb and the dashboard say what they met and what to do,
/// and whatever does not need the file works.
/// </summary>
public sealed class VersionTests : IDisposable
{
    private const string Newer = "Use the version of Metaflow that wrote it, or a newer one.";
    private const string Restore = "Restore the file from a backup";

    private static readonly Dictionary<string, (Func<VersionTests, string> File, Action<string> Patch, string Says, string Remedy)> Cases = new(StringComparer.Ordinal)
    {
        ["store"] = (test => test.Marker, file => File.WriteAllText(file, """{"format":"metaflow-store","version":2}"""), "has format version 2; this version of Metaflow reads version 1.", Newer),
        ["store, damaged"] = (test => test.Marker, file => File.WriteAllText(file, "{"), "store.json does not say that its directory is a Metaflow store.", Restore),
        ["segment"] = (test => test.Segment, file => StorePatch.Header(file, 8, 2, 12), "00001.seg has format version 2; this version of Metaflow reads version 1.", Newer),
        ["segment, damaged"] = (test => test.Segment, file => StorePatch.Flip(file, 6000), "00001.seg is damaged at offset ", Restore),
        ["segment, damaged at its begin"] = (test => test.Segment, file => StorePatch.Flip(file, 3), "00001.seg is damaged at offset ", Restore),
        ["blob"] = (test => test.Blob, file => StorePatch.Header(file, 8, 2, 64), " has format version 2; this version of Metaflow reads version 1.", Newer),
        ["blob, codec"] = (test => test.Blob, file => StorePatch.Header(file, 10, 0x0107, 64), "does not know (codec 7, width 1).", Newer),
        ["blob, damaged"] = (test => test.Blob, file => StorePatch.Flip(file, 1000), " is damaged at offset 64: chunk 0 of the content does not have its hash.", Restore),
        ["blob, damaged header"] = (test => test.Blob, file => StorePatch.Flip(file, 20), " is damaged at offset 0: the header's checksum is wrong.", Restore),
        ["claim, damaged"] = (test => Path.Join(test.Run, "claim"), file => File.WriteAllText(file, """{"flow":7}"""), "claim is damaged at offset 0: ", Restore),
        ["run started, damaged"] = (test => test.Segment, file => StorePatch.Record(file, "\"tags\":[]", "\"tags\":{}"), "00001.seg is damaged at offset 16: ", Restore),
        ["graph"] = (test => test.Segment, file => StorePatch.Record(file, "metaflow-graph 1", "metaflow-graph 2"), "holds a graph in the format 'metaflow-graph 2' at offset 16,", Newer),
        ["attempt, outcome"] = (test => test.Segment, file => StorePatch.Record(file, "\"outcome\":1", "\"outcome\":9"), "holds an attempt with the outcome 9 at offset ", Newer),
        ["attempt, damaged"] = (test => test.Segment, file => StorePatch.Record(file, "\"outcome\":1", "\"outcome\":x"), "00001.seg is damaged at offset ", Restore),
        ["log, damaged"] = (test => test.Segment, file => StorePatch.Record(file, "{\"task\":1,\"attempt\":0,\"step\":\"Start\"}", "{\"task\":x,\"attempt\":0,\"step\":\"Start\"}"), "00001.seg is damaged at offset ", Restore),
        ["task data, damaged"] = (test => test.Segment, file => StorePatch.Record(file, "\"encoding\":\"text\"", "\"encoding\":111111"), "00001.seg is damaged at offset ", Restore),
        ["run finished, status"] = (test => test.Segment, file => StorePatch.Record(file, "\"status\":\"succeeded\"", "\"status\":\"abandoned\""), "holds a run that ended as 'abandoned' at offset ", Newer),
    };

    private readonly CliHarness _cli = new() { OnRun = FlowRunner.RunAsync };

    public static TheoryData<string> Names => [.. Cases.Keys];

    private string Root => Path.Join(_cli.WorkingDirectory, ".metaflow");

    private string Marker => Path.Join(Root, "store.json");

    private string Run => Path.Join(Root, "runs", nameof(FormatsFlow), "1");

    private string Segment => Path.Join(Run, "00001.seg");

    /// <summary>The largest blob: an artifact of the first step.</summary>
    private string Blob => Directory.GetFiles(Path.Join(Root, "blobs"), "*", SearchOption.AllDirectories).MaxBy(file => new FileInfo(file).Length)!;

    public void Dispose() => _cli.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Ask_AStoreOfALaterVersionOrADamagedOne_SaysWhatItMetAndWhatToDo(string name)
    {
        var (file, patch, says, remedy) = Cases[name];
        await RunAsync();
        var path = file(this);
        patch(path);
        DeleteIndex();
        var failures = new List<string>();
        foreach (var (line, ask) in Lines())
        {
            var (code, output, error) = await ask();
            Assert.False(error.Contains("internal error", StringComparison.Ordinal) || error.Contains("\n   at Metaflow", StringComparison.Ordinal), $"{line}: {error}");
            if (code != ExitCodes.Ok)
            {
                var said = error + output;
                Assert.True(said.Contains(says, StringComparison.Ordinal) && said.Contains(remedy, StringComparison.Ordinal), $"{line} says: {said}");
                failures.Add(line);
            }
        }

        Assert.Contains("metaflow store verify", failures);
        Assert.NotEmpty(failures.Intersect(["flow dump 1", "flow logs 1/Start", "flow resume", "metaflow steps FormatsFlow/1"]));
    }

    [Fact]
    public async Task Runs_WhenTheOnlyOneIsLeftOut_DoesNotSayThatThereIsNone()
    {
        await RunAsync();
        StorePatch.Header(Segment, 8, 2, 12);
        DeleteIndex();

        var (code, output, error) = await FlowAsync("runs");

        Assert.Equal((ExitCodes.Ok, ""), (code, output));
        Assert.StartsWith("left out: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("has no run", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Index_OfAnotherVersion_IsMadeAnew()
    {
        const int UserVersion = 60;
        await RunAsync();
        var (_, expected, _) = await ToolAsync("runs");
        StorePatch.Flip(Path.Join(Root, "index.db"), UserVersion);

        var (code, output, error) = await ToolAsync("runs");

        Assert.Equal((ExitCodes.Ok, expected, ""), (code, output, error));
    }

    [Fact]
    public async Task Card_OfAnotherVersion_IsRefusedAndTheTaskIsRead()
    {
        await RunAsync();
        AddAttempt(data => data with { Cards = [.. data.Cards.Select(card => card with { Content = Later(card.Content) })] });

        var card = await FlowAsync("card", "get", "1/End", "-");
        var dump = await FlowAsync("dump", "1/End");

        Assert.Equal((ExitCodes.Failed, $"error: A card has format version 2; this version of Metaflow reads version 1. {Newer}\n"), (card.Code, card.Error));
        Assert.Equal((ExitCodes.Ok, ""), (dump.Code, dump.Error));

        static Metaflow.Artifacts.StoredArtifact Later(Metaflow.Artifacts.StoredArtifact content)
        {
            using var packed = new GZipStream(new MemoryStream(content.Inline!.Value.ToArray()), CompressionMode.Decompress);
            using var reader = new StreamReader(packed);
            using var bytes = new MemoryStream();
            using (var later = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            {
                later.Write(Encoding.UTF8.GetBytes(reader.ReadToEnd().Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal)));
            }

            return content with { Inline = bytes.ToArray(), Size = bytes.Length, Hash = ContentHash.Of(bytes.ToArray()) };
        }
    }

    [Fact]
    public async Task Signature_OfAnotherVersion_IsRefused()
    {
        await RunAsync();
        using var key = SigningKey.Create();
        var pem = _cli.Write("key.pem", key.ToPublicPem());
        var payload = Encoding.UTF8.GetBytes("""{"format":"metaflow-run-manifest","version":2}""");
        var envelope = new DsseEnvelope(RunManifest.PayloadType, payload, key.Id, key.Sign(DsseEnvelope.Message(RunManifest.PayloadType, payload)));
        await File.WriteAllBytesAsync(Path.Join(Run, $"signature-{key.Id[..16]}.json"), envelope.Write(), TestContext.Current.CancellationToken);

        var (code, _, error) = await ToolAsync("verify", "FormatsFlow/1", "--key", pem);

        Assert.Equal((ExitCodes.Failed, $"error: The signature has version 2; this version of Metaflow reads version 1. {Newer}\n"), (code, error));
    }

    [Theory]
    [InlineData(42, true)]
    [InlineData(200, false)]
    public async Task Records_OfAKindThatMayNameContent_KeepItFromBeingRemoved(byte kind, bool isKept)
    {
        await RunAsync();
        using (var store = LocalStore.Open(Root))
        using (var writer = store.OpenRun(nameof(FormatsFlow), "1").OpenWriter())
        {
            writer.Append((RecordKind)kind, "{}"u8, []);
            writer.Commit();
        }

        foreach (var line in (string[][])[["gc"], ["store", "verify"], ["store", "du"]])
        {
            var (code, output, error) = await ToolAsync(line);
            Assert.Equal(isKept ? ExitCodes.Failed : ExitCodes.Ok, code);
            Assert.Equal(isKept, (output + error).Contains($"holds a record of kind {kind} at offset 16, which this version of Metaflow does not know. {Newer}", StringComparison.Ordinal));
        }

        Assert.Equal(ExitCodes.Ok, (await FlowAsync("dump", "1/End")).Code);
    }

    private async Task RunAsync()
    {
        var (code, _, error) = await FlowAsync("run", "--isolation", "none");
        Assert.True(code == ExitCodes.Ok, error);
    }

    /// <summary>Adds a later attempt of the last task, in a segment of its own.</summary>
    private void AddAttempt(Func<TaskData, TaskData> change)
    {
        using var store = LocalStore.Open(Root);
        var folder = store.OpenRun(nameof(FormatsFlow), "1");
        using var reader = folder.OpenReader();
        var last = reader.Scan().Last(record => record.Kind == RecordKind.Attempt);
        var data = change(last.ToTaskData()).Write();
        using var writer = folder.OpenWriter();
        writer.Append(RecordKind.Attempt, (last.ToAttempt() with { Attempt = 1, DataLength = data.Length }).Write(), data);
        writer.Commit();
        DeleteIndex();
    }

    private void DeleteIndex()
    {
        foreach (var part in Directory.GetFiles(Root, "index.db*"))
        {
            File.Delete(part);
        }
    }

    private IEnumerable<(string Name, Func<Task<(int Code, string Output, string Error)>> Ask)> Lines()
    {
        string[][] flow =
        [
            ["runs"], ["dump", "1"], ["logs", "1/Start"], ["card", "list", "1/Start"], ["card", "get", "1/Start", "-"], ["tag", "list", "--run-id", "1"],
            ["explain", "1/Start"], ["resume", "--isolation", "none", "--origin-run-id", "1"], ["run", "--isolation", "none"],
        ];
        string[][] tool =
        [
            ["store", "verify"], ["store", "du"], ["gc"], ["runs"], ["steps", "FormatsFlow/1"], ["tasks", "FormatsFlow/1/Start"],
            ["artifacts", "FormatsFlow/1/Start/1"], ["artifacts", "FormatsFlow/1/Start/1/LongNoise"], ["logs", "FormatsFlow/1/Start/1"],
            ["run", "show", "FormatsFlow/1"], ["code", "show", "FormatsFlow/1"], ["diff", "FormatsFlow/1", "FormatsFlow/1"], ["tag", "list", "FormatsFlow/1"], ["index", "rebuild"],
        ];
        foreach (var line in tool)
        {
            yield return ("metaflow " + string.Join(' ', line), () => ToolAsync(line));
        }

        yield return ("metaflow ui", DashboardAsync);
        foreach (var line in flow)
        {
            yield return ("flow " + (line[0] is "resume" ? line[0] : string.Join(' ', line)), () => FlowAsync(line));
        }
    }

    private async Task<(int Code, string Output, string Error)> FlowAsync(params string[] line)
    {
        var (output, error) = (_cli.Out.Length, _cli.Error.Length);
        var code = await _cli.RunAsync(FlowRegistry.Get(typeof(FormatsFlow)), line);
        return (code, _cli.Out[output..], _cli.Error[error..]);
    }

    private async Task<(int Code, string Output, string Error)> ToolAsync(params string[] line)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] everybody = line[0] is "store" or "gc" or "index" ? [] : ["--global"];
        var code = await ToolCommand.InvokeAsync([.. line, .. everybody, "--datastore-root", Root], output, error);
        return (code, output.ToString(), error.ToString().ReplaceLineEndings("\n"));
    }

    /// <summary>What the dashboard shows of the store, the run and a task.</summary>
    private async Task<(int Code, string Output, string Error)> DashboardAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var error = "";
        try
        {
            await using var server = await DashboardServer.StartAsync(Root, 0, cancellation);
            using var http = new HttpClient();
            http.DefaultRequestHeaders.Authorization = new("Bearer", server.OpenUrl.Query["?token=".Length..]);
            const string Of = "api/v1/flows/FormatsFlow/runs/1";
            foreach (var path in (string[])
                ["api/v1/runs", "api/v1/flows", Of, Of + "/progress", Of + "/tasks", Of + "/cards", Of + "/steps/Start/tasks/1", Of + "/steps/Start/tasks/1/artifacts", Of + "/steps/Start/tasks/1/attempts/0/log"])
            {
                using var response = await http.GetAsync(new Uri(server.Url, path), cancellation);
                var body = await response.Content.ReadAsStringAsync(cancellation);
                if (response.StatusCode != HttpStatusCode.OK)
                {
                    Assert.True(body.Contains("\"error\":", StringComparison.Ordinal), $"{path}: {response.StatusCode} {body}");
                    error += body.Replace("\\u0027", "'", StringComparison.Ordinal);
                }
            }
        }
        catch (MetaflowException fault)
        {
            error += fault.Message;
        }

        return (error.Length == 0 ? ExitCodes.Ok : ExitCodes.Failed, "", error);
    }
}
