using System.Globalization;
using Metaflow.Client;
using Metaflow.Housekeeping;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Storage;
using Metaflow.Tests.Runtime;

namespace Metaflow.Tests.Housekeeping;

/// <summary>Runs that have lost something: it is found, and what they refer to does not go.</summary>
public sealed class DamagedStoreTests : IDisposable
{
    private readonly InProcessRun _runs = new();

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData("cut")]
    [InlineData("emptied")]
    [InlineData("deleted")]
    public async Task Verify_SegmentOfEndedRunIsCut_FindsIt(string how)
    {
        await _runs.RunAsync(new KeptFlow());
        Damage(InRun("00001.seg"), how);

        var problem = Assert.Single(Verify().Problems);

        Assert.Equal("KeptFlow/1", problem.Place);
        Assert.Contains("records that it had then are missing", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("emptied")]
    [InlineData("deleted")]
    public async Task Client_SegmentOfEndedRunIsCut_SaysSoAndDoesNotShowARunningRun(string how)
    {
        await _runs.RunAsync(new KeptFlow());
        await _runs.RunAsync(new KeptFlow());
        Damage(InRun("00001.seg"), how);
        Directory.GetFiles(_runs.Root, "index.*").ToList().ForEach(File.Delete);

        using var client = MetaflowClient.Open(_runs.Root);
        client.Namespace = null;

        Assert.Equal("2", Assert.Single(client.Flow(nameof(KeptFlow)).Runs()).Id);
        Assert.Contains("records that it had then are missing", Assert.Single(client.UnreadableRuns).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Collect_SegmentOfEndedRunIsCut_RemovesNothingUntilTheRunIsRemoved()
    {
        await _runs.RunAsync(new KeptFlow());
        Blobs().ForEach(MakeOld);
        Damage(InRun("00001.seg"), "emptied");

        var fault = Assert.Throws<CorruptDataException>(() => Collect(new()));

        Assert.Contains("metaflow rm KeptFlow/1", fault.Message, StringComparison.Ordinal);
        Assert.Single(Blobs());
        using (var store = LocalStore.Open(_runs.Root))
        {
            new GarbageCollector(store, TimeProvider.System).Remove(nameof(KeptFlow), "1");
        }

        Assert.Single(Collect(new()).Blobs);
    }

    [Fact]
    public async Task Verify_ClaimIsLost_FindsItAndCollectKeepsContent()
    {
        await _runs.RunAsync(new KeptFlow());
        Blobs().ForEach(MakeOld);
        File.Delete(InRun(StoreLayout.ClaimFile));

        var problem = Assert.Single(Verify().Problems);
        Collect(new() { KeepLast = 0 });

        Assert.Contains("Its claim is missing", problem.Message, StringComparison.Ordinal);
        Assert.Single(Blobs());
        Assert.True(File.Exists(InRun("00001.seg")));
    }

    [Fact]
    public async Task Verify_EndNoteIsDamaged_FindsItAndAnEmptyOneIsNone()
    {
        await _runs.RunAsync(new KeptFlow());
        var bytes = File.ReadAllBytes(InRun(RunSeal.FileName));
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            var changed = bytes.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(InRun(RunSeal.FileName), changed);

            // Where the checksum's own name is hit, the rest is as it was.
            Assert.True(Verify().Problems.Count == 1 || RunSeal.Parse(changed).End == RunSeal.Parse(bytes).End, $"bit {bit}");
        }

        File.WriteAllBytes(InRun(RunSeal.FileName), []);
        Assert.Empty(Verify().Problems);
    }

    [Fact]
    public void Claim_EachBitFlipped_IsAFaultOrChangesNothing()
    {
        var claim = new RunClaim("Flow", "ada", DateTimeOffset.UnixEpoch.AddDays(20_000), "7", 3);
        var bytes = claim.Write();
        Assert.Equal(claim, RunClaim.Parse(bytes));
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            var changed = bytes.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.Equal(claim, StoredRecordContent.Guarded("claim", 0, changed, static changed => RunClaim.Parse(changed)));
            }
            catch (CorruptDataException)
            {
                // Found.
            }
        }

        Assert.Throws<CorruptDataException>(() => StoredRecordContent.Guarded("claim", 0, bytes.Append((byte)' ').ToArray(), static changed => RunClaim.Parse(changed)));
    }

    [Fact]
    public void Claim_OfAnOlderProgram_HasNoChecksumAndIsRead()
    {
        var claim = RunClaim.Parse("""{"flow":"Flow","user":"ada","started":1,"host":"h","pid":1}"""u8);

        Assert.Equal(("Flow", "ada"), (claim.FlowName, claim.UserName));
    }

    [Fact]
    public async Task Tool_IndexCannotBeWritten_RebuildSaysSo()
    {
        await _runs.RunAsync(new KeptFlow());
        Directory.GetFiles(_runs.Root, "index.*").ToList().ForEach(File.Delete);
        Directory.CreateDirectory(Path.Join(_runs.Root, Metaflow.Metadata.Index.IndexFile.GuardName));
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);

        var code = await Metaflow.Tool.ToolCommand.InvokeAsync(["index", "rebuild", "--datastore-root", _runs.Root], output, error);

        Assert.Equal(1, code);
        Assert.Contains("The index cannot be made anew", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }

    private static void Damage(string file, string how)
    {
        switch (how)
        {
            case "deleted":
                File.Delete(file);
                break;
            default:
                using (var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite))
                {
                    RandomAccess.SetLength(handle, how == "cut" ? RandomAccess.GetLength(handle) / 2 : 0);
                }

                break;
        }
    }

    private static void MakeOld(string file) => File.SetLastWriteTimeUtc(file, DateTime.UtcNow - (2 * GarbageCollector.Grace));

    private string InRun(string name) => Path.Join(_runs.Root, "runs", nameof(KeptFlow), "1", name);

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
        return collector.Execute(collector.Plan(rules, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
    }
}
