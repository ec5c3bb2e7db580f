using Metaflow.Runtime.Workers;
using Metaflow.Tests.Storage;

namespace Metaflow.Tests.Runtime.Workers;

public sealed class MemoryKillsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Explain_GroupOfVersion2Counts_NamesItsLimit()
    {
        Write("proc/self/cgroup", "0::/jobs/7\n");
        Write("sys/fs/cgroup/jobs/7/memory.max", "536870912\n");
        Write("sys/fs/cgroup/jobs/7/memory.events", "low 0\noom 3\noom_kill 2\n");
        var kills = New();
        Assert.Null(kills.Explain());

        Write("sys/fs/cgroup/jobs/7/memory.events", "low 0\noom 4\noom_kill 3\n");

        Assert.Equal("the limit of its control group, 512 MB", kills.Explain());
        Assert.Null(kills.Explain());
    }

    [Theory]
    [InlineData("sys/fs/cgroup/memory/jobs/7/")]
    [InlineData("sys/fs/cgroup/memory/")]
    public void Explain_GroupOfVersion1Counts_NamesItsLimit(string group)
    {
        Write("proc/self/cgroup", "4:memory:/jobs/7\n1:cpu:/\n0::/\n");
        Write("proc/vmstat", "oom_kill 9\n");
        Write(group + "memory.limit_in_bytes", "1073741824\n");
        Write(group + "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n");
        var kills = New();

        Write(group + "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");

        Assert.Equal("the limit of its control group, 1,024 MB", kills.Explain());
        Assert.NotNull(kills.Explain());
        Assert.Null(kills.Explain());
    }

    [Theory]
    [InlineData("max\n")]
    [InlineData(null)]
    public void Explain_OnlyTheMachineCounts_SaysSo(string? limit)
    {
        Write("proc/self/cgroup", "0::/\n");
        Write("proc/vmstat", "nr_free_pages 1\noom_kill 5\n");
        if (limit is not null)
        {
            Write("sys/fs/cgroup/memory.max", limit);
        }

        var kills = New();
        Write("proc/vmstat", "nr_free_pages 1\noom_kill 6\n");

        Assert.Equal("all that the machine has", kills.Explain());
    }

    [Fact]
    public void Explain_NothingIsKnown_IsNothing() => Assert.Null(New().Explain());

    [Fact]
    public void Describe_KillForMemory_SaysWhatToDo()
    {
        var error = new ProcessEnd(0, Posix.SigKill).Describe(memory: "the limit of its control group, 512 MB");

        Assert.Equal("out of memory", error.Type);
        Assert.Contains("the limit of its control group, 512 MB. Let fewer tasks run side by side", error.Message, StringComparison.Ordinal);
        Assert.Equal("SIGKILL", new ProcessEnd(0, Posix.SigKill).Describe().Type);
    }

    private MemoryKills New()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux counts");
        return new(_folder[""]);
    }

    private void Write(string path, string text)
    {
        var file = _folder[path];
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
