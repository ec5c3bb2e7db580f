using System.Globalization;
using Metaflow.Runtime;
using Metaflow.Storage;
using Metaflow.Storage.Files;
using Metaflow.Tests.Storage;

namespace Metaflow.Tests.Crashes;

/// <summary>A process that is killed at each durability point while it runs and resumes a flow.</summary>
public sealed class KillTests : IDisposable
{
    private const int KilledExitCode = 137;

    private readonly TestFolder _folder = new();

    /// <summary>Every durability point, and at which call of that name the process is killed.</summary>
    public static TheoryData<string, int> Points => new()
    {
        { "create directory store", 1 },
        { "create directory tmp", 1 },
        { "create directory runs", 1 },
        { "create directory flow", 1 },
        { "create directory run", 2 },
        { "create directory blobs", 1 },
        { "create directory shard", 100 },
        { "create temporary", 1 },
        { "create temporary", 3 },
        { "create segment", 1 },
        { "create segment", 2 },
        { "write temporary", 1 },
        { "write temporary", 2 },
        { "write temporary", 3 },
        { "write segment", 1 },
        { "write segment", 3 },
        { "write segment", 6 },
        { "sync temporary", 2 },
        { "sync temporary", 4 },
        { "sync segment", 1 },
        { "sync segment", 4 },
        { "sync directory surroundings", 1 },
        { "sync directory store", 1 },
        { "sync directory runs", 1 },
        { "sync directory flow", 1 },
        { "sync directory run", 2 },
        { "sync directory blobs", 1 },
        { "sync directory shard", 2 },
        { "publish marker", 1 },
        { "publish claim", 2 },
        { "replace blob", 1 },
        { "replace blob", 3 },
        { "share segment", 1 },
        { "take lock", 1 },
        { "take lock", 2 },
        { "take lock", 4 },
        { "take lock", 7 },
        { "create holder", 1 },
        { "write holder", 2 },
        { "delete holder", 2 },
        { "create segment", 3 },
        { "write segment", 14 },
        { "sync segment", 14 },
        { "create pinned", 1 },
        { "delete pinned", 1 },
        { "replace ended", 1 },
        { "replace removed", 1 },
        { "delete ended", 1 },
        { "delete removed", 1 },
        { "delete segment", 1 },
        { "delete lock", 1 },
        { "touch blob", 1 },
        { "replace temporary", 1 },
        { "delete temporary", 1 },
        { "write segment", 50 },
        { "write segment", 60 },
        { "write segment", 70 },
        { "sync segment", 30 },
        { "sync segment", 35 },
        { "cut segment", 1 },
    };

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 300_000)]
    [MemberData(nameof(Points))]
    public async Task Point_ProcessIsKilled_StoreIsSoundAndRunsGoOn(string point, int count)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "signals are Unix's");
        var (root, undisturbed) = (_folder[StoreLayout.Directory], _folder["undisturbed/" + StoreLayout.Directory]);
        using var child = CrashWorld.Start(root, point, count);
        var output = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(child.ExitCode == KilledExitCode, $"It was not killed at '{point}' ({child.ExitCode}): {await output}{error}");

        var fresh = await CrashWorld.RunAsync<KilledFlow>(root, LocalFileSystem.Instance);
        CrashWorld.Verify(root);
        CrashWorld.VerifyIndex(root);

        await CrashWorld.RunAsync<KilledFlow>(undisturbed, LocalFileSystem.Instance);
        var expected = CrashWorld.Artifacts(undisturbed, "1");
        Assert.Equal(expected, CrashWorld.Artifacts(root, fresh.RunId));
        foreach (var run in Begun(root, nameof(KilledFlow)).Where(run => run != fresh.RunId))
        {
            var resumed = await CrashWorld.RunAsync<KilledFlow>(root, LocalFileSystem.Instance, run);
            Assert.Equal(RunStatus.Succeeded, resumed.Status);
            Assert.Equal(expected, CrashWorld.Artifacts(root, resumed.RunId));
        }

        foreach (var run in Begun(root, nameof(KilledLoop)))
        {
            Assert.Equal(RunStatus.Succeeded, (await CrashWorld.RunAsync<KilledLoop>(root, LocalFileSystem.Instance, run)).Status);
        }

        CrashWorld.Verify(root);
    }

    [Fact]
    public async Task Points_OfAnUndisturbedRun_AreAllNamed()
    {
        var files = new KillingFiles(null, 0);

        await CrashWorld.RunAndResumeAsync(_folder[StoreLayout.Directory], files);

        await CrashWorld.TidyAsync(_folder[StoreLayout.Directory], files);
        await CrashWorld.LoopAsync(_folder[StoreLayout.Directory], files);

        var named = Points.Select(row => row.Data.Item1).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(named, files.Seen.Keys.Order(StringComparer.Ordinal));
    }

    /// <summary>The runs that have begun; the others say that they have not.</summary>
    private static List<string> Begun(string root, string flow)
    {
        using var store = LocalStore.OpenReadOnly(root);
        var begun = new List<string>();
        foreach (var run in store.RunIds(flow).Select(run => run.ToString(CultureInfo.InvariantCulture)).ToList())
        {
            try
            {
                Metaflow.Metadata.RunReader.Open(store, flow, run).Dispose();
                begun.Add(run);
            }
            catch (MetaflowException fault)
            {
                Assert.Contains("has not begun", fault.Message, StringComparison.Ordinal);
            }
        }

        return begun;
    }
}
