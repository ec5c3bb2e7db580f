using Metaflow.Housekeeping;
using Metaflow.Metadata.Index;
using Metaflow.Runtime;
using Metaflow.Storage;
using Metaflow.Storage.Files;

namespace Metaflow.Tests.Crashes;

/// <summary>A real disk that is full, and one that cannot be written.</summary>
public sealed class SmallDiskTests
{
    [Fact]
    public async Task Run_DiskIsFull_FailsAndIsResumedWhenThereIsRoom()
    {
        using var disk = new SmallDisk();
        var root = Path.Join(disk.Path, StoreLayout.Directory);
        var failed = await CrashWorld.RunAsync<HeavyFlow>(root, LocalFileSystem.Instance);

        Assert.Equal(RunStatus.Failed, failed.Status);
        Assert.Contains($"write a blob to {root}", failed.Failure, StringComparison.Ordinal);
        Assert.Contains("The disk is full or the quota is used up. Free some space", failed.Failure, StringComparison.Ordinal);
        CrashWorld.Verify(root);

        disk.Remount("size=32m");
        var resumed = await CrashWorld.RunAsync<HeavyFlow>(root, LocalFileSystem.Instance, failed.RunId);

        Assert.Equal(RunStatus.Succeeded, resumed.Status);
        CrashWorld.Verify(root);
    }

    [Fact]
    public async Task Store_DiskIsReadOnly_IsReadAndRefusesRuns()
    {
        using var disk = new SmallDisk();
        disk.Remount("size=32m");
        var root = Path.Join(disk.Path, StoreLayout.Directory);
        var first = await CrashWorld.RunAsync<KilledFlow>(root, LocalFileSystem.Instance);
        var before = CrashWorld.Artifacts(root, first.RunId);

        disk.Remount("ro");
        var fault = await Assert.ThrowsAsync<MetaflowException>(() => CrashWorld.RunAsync<KilledFlow>(root, LocalFileSystem.Instance));

        Assert.Contains(root, fault.Message, StringComparison.Ordinal);
        Assert.Contains("Read-only file system", fault.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Mount it for writing, or name another datastore", fault.Message, StringComparison.Ordinal);
        CrashWorld.Verify(root);
        Assert.Equal(before, CrashWorld.Artifacts(root, first.RunId));
    }

    [Fact]
    public async Task Remove_DiskIsFull_MakesRoom()
    {
        using var disk = new SmallDisk();
        disk.Remount("size=32m");
        var root = Path.Join(disk.Path, StoreLayout.Directory);
        await CrashWorld.RunAsync<HeavyFlow>(root, LocalFileSystem.Instance);
        await CrashWorld.RunAsync<KilledFlow>(root, LocalFileSystem.Instance);
        Fill(Path.Join(disk.Path, "filling"));

        using var store = LocalStore.Open(root);
        var collector = new GarbageCollector(store, TimeProvider.System);
        collector.Execute(
            collector.Plan(new() { KeepLast = 0, Grace = TimeSpan.Zero }, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);

        Assert.Empty(store.Flows());
        Assert.Empty(store.Blobs.List());
        using var index = StoreIndex.Open(root, readOnly: false);
        Assert.Empty(index.Runs(new RunQuery()));
    }

    private static void Fill(string path)
    {
        using var file = File.Create(path, bufferSize: 0);
        var bytes = new byte[1 << 16];
        for (var length = bytes.Length; length > 0;)
        {
            try
            {
                file.Write(bytes.AsSpan(0, length));
            }
            catch (IOException)
            {
                length /= 2;
            }
        }
    }
}

/// <summary>Stores more than a small disk holds.</summary>
public partial class HeavyFlow : FlowSpec
{
    [Artifact]
    public partial int Small { get; set; }

    [Artifact]
    public partial byte[] Large { get; set; }

    [Step]
    public Transition Start()
    {
        Small = 1;
        return Next(End);
    }

    [Step]
    public void End()
    {
        Large = new byte[4_000_000];
        new Random(Small).NextBytes(Large);
    }
}
