using Metaflow.FlowMatrix.Running;
using Metaflow.Tests.Crashes;

namespace Metaflow.FlowMatrix.Cases;

/// <summary>Programs whose store is on a real disk that is full, or that may only be read.</summary>
public sealed class RealDiskTests : IDisposable
{
    private const int Limit = 120_000;

    private readonly FlowProgramWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory(Timeout = Limit)]
    [InlineData("worker")]
    [InlineData("process")]
    [InlineData("none")]
    public async Task Run_DiskFillsUp_SaysSoOnceAndIsResumedWhenThereIsRoom(string isolation)
    {
        using var disk = new SmallDisk();
        disk.Remount("size=8m");
        _world.Variables["METAFLOW_DATASTORE_SYSROOT_LOCAL"] = disk.Path;

        var failed = await _world.RunAsync("LargeFlow", "run", "--isolation", isolation);

        Assert.True(failed.ExitCode == 1, failed.ToString());
        Assert.True(Count(failed.Out + failed.Error, "The disk is full or the quota is used up. Free some space") >= 1, failed.ToString());
        Assert.DoesNotContain("   at Metaflow", failed.Error, StringComparison.Ordinal);
        Assert.Contains("failed", (await _world.RunAsync("LargeFlow", "runs")).Out, StringComparison.Ordinal);

        disk.Remount("size=64m");
        var resumed = await _world.RunAsync("LargeFlow", "resume", "--isolation", isolation);

        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        var dump = await _world.RunAsync("LargeFlow", "dump", "2/End");
        Assert.True(dump.ExitCode == 0, dump.ToString());
    }

    [Fact(Timeout = Limit)]
    public async Task Run_NoRoomForItsFirstRecord_OneLineAndNothingLost()
    {
        using var disk = new SmallDisk();
        disk.Remount("size=32m");
        _world.Variables["METAFLOW_DATASTORE_SYSROOT_LOCAL"] = disk.Path;
        Assert.Equal(0, (await _world.RunAsync("WideFlow", "run", "--width", "3")).ExitCode);
        var before = await _world.RunAsync("WideFlow", "dump", "1/End");
        Fill(Path.Join(disk.Path, "ballast"));

        var refused = await _world.RunAsync("WideFlow", "run", "--width", "3");

        Assert.True(refused.ExitCode == 1, refused.ToString());
        Assert.Single(refused.Error.Split('\n'), line => line.StartsWith("error: ", StringComparison.Ordinal));
        Assert.Contains("The disk is full or the quota is used up", refused.Error, StringComparison.Ordinal);
        Assert.Equal(before.Out, (await _world.RunAsync("WideFlow", "dump", "1/End")).Out);

        File.Delete(Path.Join(disk.Path, "ballast"));
        Assert.Equal(0, (await _world.RunAsync("WideFlow", "run", "--width", "3")).ExitCode);
    }

    [Fact(Timeout = Limit)]
    public async Task Everything_StoreMayOnlyBeRead_IsReadAndRunsAreRefusedInOneLine()
    {
        using var disk = new SmallDisk();
        disk.Remount("size=32m");
        _world.Variables["METAFLOW_DATASTORE_SYSROOT_LOCAL"] = disk.Path;
        Assert.Equal(0, (await _world.RunAsync("WideFlow", "run", "--width", "3")).ExitCode);
        var before = await _world.RunAsync("WideFlow", "dump", "1/End");
        disk.Remount("ro");

        foreach (var verb in (string[][])[["run", "--width", "3"], ["resume"]])
        {
            var refused = await _world.RunAsync(["WideFlow", .. verb]);

            Assert.True(refused.ExitCode == 1, refused.ToString());
            Assert.Single(refused.Error.Split('\n'), line => line.StartsWith("error: ", StringComparison.Ordinal));
            Assert.Contains("Read-only file system", refused.Error, StringComparison.Ordinal);
            Assert.Contains(disk.Path, refused.Error, StringComparison.Ordinal);
        }

        var runs = await _world.RunAsync("WideFlow", "runs");
        Assert.True(runs.ExitCode == 0 && runs.Out.Contains("succeeded", StringComparison.Ordinal), runs.ToString());
        var after = await _world.RunAsync("WideFlow", "dump", "1/End");
        Assert.Equal((0, before.Out), (after.ExitCode, after.Out));
        Assert.Equal(0, (await _world.RunAsync("WideFlow", "logs", "1/End")).ExitCode);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static void Fill(string path)
    {
        using var file = File.Create(path, bufferSize: 1);
        try
        {
            for (var block = new byte[4096]; ;)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // Now it is full.
        }
    }
}
