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
        CrashWorld.Verify(root);
        Assert.Equal(before, CrashWorld.Artifacts(root, first.RunId));
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
