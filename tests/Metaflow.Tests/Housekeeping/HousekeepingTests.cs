using System.Globalization;
using Metaflow.Housekeeping;
using Metaflow.Metadata.Index;
using Metaflow.Metadata;
using Metaflow.Runtime;
using Metaflow.Storage;
using Metaflow.Tests.Runtime;

namespace Metaflow.Tests.Housekeeping;

public sealed class HousekeepingTests : IDisposable
{
    private readonly InProcessRun _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task Verify_SoundStore_FindsNoProblem()
    {
        await _runs.RunAsync(new KeptFlow());

        var report = Verify();

        Assert.Empty(report.Problems);
        Assert.Equal(1, report.Runs);
        Assert.True(report.Blobs > 0 && report.Records > 3, report.ToString());
        Assert.Equal(0, report.UnreferencedBlobs);
    }

    [Fact]
    public async Task Verify_MissingBlob_NamesRunAndArtifact()
    {
        await _runs.RunAsync(new KeptFlow());
        Blobs().ForEach(File.Delete);

        var problem = Assert.Single(Verify().Problems);

        Assert.Equal("KeptFlow/1, artifact 'Large'", problem.Place);
        Assert.Contains("is missing", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_FlippedBitInBlobAndSegment_FindsBoth()
    {
        await _runs.RunAsync(new KeptFlow());
        var segment = Directory.GetFiles(Path.Join(_runs.Root, "runs", nameof(KeptFlow), "1"), "*.seg").Single();
        Blobs().ForEach(Flip);
        Flip(segment);

        Assert.Equal(2, Verify().Problems.Count);
    }

    [Fact]
    public async Task Collect_KeepLast_RemovesOlderRunsAndWhatOnlyTheyUsed()
    {
        await _runs.RunAsync(new KeptFlow { Seed = 1 });
        await _runs.RunAsync(new KeptFlow { Seed = 2 });
        await _runs.RunAsync(new KeptFlow { Seed = 3 });
        Blobs().ForEach(MakeOld);

        var plan = Collect(new() { KeepLast = 1 });

        Assert.Equal(["3"], plan.Runs.Where(run => run.IsKept).Select(run => run.RunId));
        Assert.Equal(2, plan.Blobs.Count);
        Assert.Single(Blobs());
        Assert.Empty(Verify().Problems);
        using var index = StoreIndex.Open(_runs.Root, readOnly: false);
        Assert.Equal([3L], index.Runs(new RunQuery { Flow = nameof(KeptFlow) }).Select(run => run.RunId));
    }

    [Fact]
    public async Task Collect_NumberOfRemovedRun_IsNotGivenAgain()
    {
        var (first, _) = await _runs.RunAsync(new KeptFlow());
        Collect(new() { KeepLast = 0 });

        var (next, _) = await _runs.RunAsync(new KeptFlow());

        Assert.Equal(("1", "2"), (first.RunId, next.RunId));
    }

    [Fact]
    public async Task Collect_YoungContent_StaysBecauseARecordMayBeOnItsWay()
    {
        await _runs.RunAsync(new KeptFlow());

        var plan = Collect(new() { KeepLast = 0 });

        Assert.Equal((0, 1), (plan.Blobs.Count, plan.TooYoung));
        Assert.Single(Blobs());
    }

    [Fact]
    public async Task Collect_RunThatCameAfterThePlan_KeepsWhatItTookOver()
    {
        await _runs.RunAsync(new KeptFlow());
        Blobs().ForEach(MakeOld);
        using var store = LocalStore.Open(_runs.Root);
        var collector = new GarbageCollector(store, TimeProvider.System);
        var plan = collector.Plan(new() { KeepLast = 0 }, TestContext.Current.CancellationToken);
        Assert.Single(plan.Blobs);

        // The resumed run refers to the content without writing it.
        await _runs.RunAsync(new KeptFlow(), new("1", Step: nameof(KeptFlow.End)));
        Blobs().ForEach(MakeOld);
        collector.Execute(plan, TestContext.Current.CancellationToken);

        Assert.False(store.RunExists(nameof(KeptFlow), "1"));
        Assert.Single(Blobs());
        Assert.Empty(Verify().Problems);
    }

    [Fact]
    public async Task Collect_RunRemovedInPart_FreesTheRest()
    {
        await _runs.RunAsync(new KeptFlow());
        await _runs.RunAsync(new KeptFlow());
        var folder = Path.Join(_runs.Root, "runs", nameof(KeptFlow), "1");
        File.Move(Path.Join(folder, StoreLayout.ClaimFile), Path.Join(folder, StoreLayout.RemovedFile));

        Collect(new());

        Assert.Empty(Directory.GetFiles(folder));
        Assert.NotEmpty(Directory.GetFiles(Path.Join(_runs.Root, "runs", nameof(KeptFlow), "2")));
    }

    [Fact]
    public async Task Collect_PinnedTaggedAndRunningRuns_AreKept()
    {
        for (var i = 0; i < 3; i++)
        {
            await _runs.RunAsync(new KeptFlow());
        }

        using var store = LocalStore.Open(_runs.Root);
        using var running = store.OpenRun(nameof(KeptFlow), "1").TryLock(RunLocks.Scheduler, "a test");
        var collector = new GarbageCollector(store, TimeProvider.System);
        collector.Pin(nameof(KeptFlow), "2", isPinned: true);

        var plan = collector.Plan(new() { KeepLast = 0 }, TestContext.Current.CancellationToken);

        Assert.Equal(
            ["3: no rule keeps it", "2: it is pinned", "1: it is in use"],
            plan.Runs.Select(run => $"{run.RunId}: {run.Reason}"));
        Assert.Throws<MetaflowException>(() => collector.Remove(nameof(KeptFlow), "1"));
    }

    [Fact]
    public async Task Collect_WithoutRules_KeepsEveryRun()
    {
        await _runs.RunAsync(new KeptFlow());

        Assert.All(Collect(new()).Runs, run => Assert.True(run.IsKept));
    }

    [Fact]
    public async Task Usage_ByRun_TellsSharedContentFromOwn()
    {
        await _runs.RunAsync(new KeptFlow { Seed = 1 });
        await _runs.RunAsync(new KeptFlow { Seed = 1 });
        await _runs.RunAsync(new KeptFlow { Seed = 2 });
        using var store = LocalStore.OpenReadOnly(_runs.Root);

        var rows = DiskUsage.Of(store, UsageLevel.Run, TestContext.Current.CancellationToken).Rows.ToDictionary(row => row.Name);

        Assert.Equal(0, rows["KeptFlow/1"].OwnContentBytes);
        Assert.Equal(rows["KeptFlow/3"].ContentBytes, rows["KeptFlow/3"].OwnContentBytes);
        Assert.True(rows["KeptFlow/3"].ContentBytes > KeptFlow.Length * sizeof(double));
    }

    [Fact]
    public async Task Usage_Totals_AreTheBytesOfTheFiles()
    {
        await _runs.RunAsync(new KeptFlow { Seed = 1 });
        await _runs.RunAsync(new KeptFlow { Seed = 2 });
        var directory = new DirectoryInfo(_runs.Root);
        var bytes = directory.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        await _runs.RunAsync(new KeptFlow(), new("1", Step: nameof(KeptFlow.End)));
        var shared = new FileInfo(Path.Join(_runs.Root, "runs", nameof(KeptFlow), "3", "00001.seg")).Length;
        using var store = LocalStore.OpenReadOnly(_runs.Root);

        var report = DiskUsage.Of(store, UsageLevel.Run, TestContext.Current.CancellationToken);

        var all = directory.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        Assert.True(all > bytes + shared);
        Assert.Equal(all - shared, report.Totals.Bytes);
        Assert.Equal(Blobs().Sum(file => new FileInfo(file).Length), report.Totals.BlobBytes);
        Assert.Equal(0, report.Totals.UnreferencedBytes);
        Assert.Equal(report.Totals.BlobBytes, report.Rows.Single(row => row.Name == "KeptFlow/2").StoredBytes + report.Rows.Single(row => row.Name == "KeptFlow/1").StoredBytes);
        Assert.Equal(0, report.Rows.Single(row => row.Name == "KeptFlow/3").OwnStoredBytes);
    }

    [Fact]
    public async Task Tool_DiskUsageOfADamagedRun_ListsTheOthers()
    {
        await _runs.RunAsync(new KeptFlow());
        await _runs.RunAsync(new KeptFlow());
        Flip(Path.Join(_runs.Root, "runs", nameof(KeptFlow), "1", "00001.seg"));

        var (code, output, error) = await Tool("store", "du", "--by", "run");

        Assert.Equal(1, code);
        Assert.Contains("KeptFlow/2", output, StringComparison.Ordinal);
        Assert.Contains("In all ", output, StringComparison.Ordinal);
        Assert.StartsWith("KeptFlow/1 is counted in part: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tool_CollectOfAnUnknownFlow_IsRefused()
    {
        await _runs.RunAsync(new KeptFlow());

        var (code, _, error) = await Tool("gc", "--keep-last", "0", "--flow", "KeptFlo");

        Assert.Equal(2, code);
        Assert.Contains("no run of 'KeptFlo' is stored", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tool_StoreVerify_ExitsByWhatItFinds()
    {
        await _runs.RunAsync(new KeptFlow());

        var (sound, output, _) = await Tool("store", "verify");
        Blobs().ForEach(Flip);
        var (damaged, details, _) = await Tool("store", "verify");

        Assert.Equal((0, 1), (sound, damaged));
        Assert.Contains("All is as it was written.", output, StringComparison.Ordinal);
        Assert.Contains("artifact 'Large'", details, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rm Nope/7", 1, "There is no run Nope/7")]
    [InlineData("rm nonsense", 2, "is not a run")]
    [InlineData("gc --keep-younger soon", 2, "is not an age")]
    [InlineData("gc --keep-last few", 2, "--keep-last cannot be 'few'. Write a number.")]
    [InlineData("store du --by size", 2, "--by cannot be 'size'. Write flow, run, artifact.")]
    [InlineData("frobnicate", 2, "unknown command or option 'frobnicate'")]
    public async Task Tool_WrongInput_OneLineAndExitCode(string line, int exitCode, string message)
    {
        await _runs.RunAsync(new KeptFlow());

        var (code, _, error) = await Tool(line.Split(' '));

        Assert.Equal(exitCode, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Theory]
    [InlineData("pin KeptFlow/1", "pinned")]
    [InlineData("unpin KeptFlow/1", "unpinned")]
    [InlineData("rm KeptFlow/1", "removed")]
    [InlineData("index rebuild", "indexed")]
    [InlineData("gc", "dryRun")]
    [InlineData("store du", "total")]
    [InlineData("store verify", "problems")]
    public async Task Tool_Json_IsOneObject(string line, string member)
    {
        await _runs.RunAsync(new KeptFlow());

        var (code, output, _) = await Tool([.. line.Split(' '), "--json"]);

        Assert.Equal(0, code);
        Assert.True(System.Text.Json.JsonElement.Parse(output).TryGetProperty(member, out _), output);
    }

    [Fact]
    public async Task Tool_DryRun_ChangesNothing()
    {
        await _runs.RunAsync(new KeptFlow());

        var (code, output, _) = await Tool("gc", "--keep-last", "0", "--dry-run");

        Assert.Equal(0, code);
        Assert.Contains("would remove KeptFlow/1: no rule keeps it", output, StringComparison.Ordinal);
        using var store = LocalStore.OpenReadOnly(_runs.Root);
        Assert.True(store.RunExists(nameof(KeptFlow), "1"));
    }

    private static void MakeOld(string file) => File.SetLastWriteTimeUtc(file, DateTime.UtcNow - (2 * GarbageCollector.Grace));

    private static void Flip(string file)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    private async Task<(int Code, string Output, string Error)> Tool(params string[] args)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        var code = await Metaflow.Tool.ToolCommand.InvokeAsync([.. args, "--datastore-root", _runs.Root], output, error);
        return (code, output.ToString(), error.ToString());
    }

    private List<string> Blobs() => [.. Directory.GetFiles(Path.Join(_runs.Root, "blobs"), "*", SearchOption.AllDirectories)];

    private StoreReport Verify()
    {
        using var store = LocalStore.OpenReadOnly(_runs.Root);
        return new StoreVerifier(store).Verify(TestContext.Current.CancellationToken);
    }

    private GarbagePlan Collect(RetentionRules rules)
    {
        using var store = LocalStore.Open(_runs.Root);
        var collector = new GarbageCollector(store, TimeProvider.System);
        var plan = collector.Plan(rules, TestContext.Current.CancellationToken);
        collector.Execute(plan, TestContext.Current.CancellationToken);
        return plan;
    }
}

/// <summary>A flow that leaves one blob, whose content depends on a parameter.</summary>
public partial class KeptFlow : FlowSpec
{
    /// <summary>How many numbers it stores.</summary>
    public const int Length = 50_000;

    [Parameter]
    public int Seed { get; init; }

    [Artifact]
    public partial double[] Large { get; set; }

    [Step]
    public Transition Start()
    {
        var random = new Random(Seed);
        Large = [.. Enumerable.Range(0, Length).Select(_ => random.NextDouble())];
        return Next(End);
    }

    [Step]
    public void End()
    {
    }
}
