using System.Globalization;

namespace Metaflow.Runtime.Workers;

/// <summary>
/// Tells a process that the kernel has ended because memory was used up from one that somebody has killed: both die of
/// SIGKILL, but the kernel counts its own. Linux only; elsewhere nothing is known.
/// </summary>
internal sealed class MemoryKills
{
    private const long NoLimit = 1L << 60;

    private readonly Lock _gate = new();
    private readonly string _root;
    private long _explained;

    /// <param name="root">Where <c>proc</c> and <c>sys</c> are.</param>
    public MemoryKills(string root = "/")
    {
        _root = root;
        _explained = Count();
    }

    /// <summary>Explains a death of SIGKILL, if the kernel has counted one that explains no other death yet.</summary>
    /// <returns>What the memory was that was used up; <see langword="null"/> if memory was not the cause.</returns>
    public string? Explain()
    {
        lock (_gate)
        {
            if (Count() <= _explained)
            {
                return null;
            }

            _explained++;
            return Limit() is { } bytes
                ? string.Create(CultureInfo.InvariantCulture, $"the limit of its control group, {bytes / (1024 * 1024):N0} MB")
                : "all that the machine has";
        }
    }

    // The group's counter counts processes of the group whatever limit they ran into; the machine's counts those of everybody.
    private long Count() =>
        Value(GroupFile("memory.events"), "oom_kill ")
        ?? Value(LegacyGroupFile("memory.oom_control"), "oom_kill ")
        ?? Value(Path.Join(_root, "proc/vmstat"), "oom_kill ")
        ?? 0;

    private long? Limit() =>
        (Value(GroupFile("memory.max"), "") ?? Value(LegacyGroupFile("memory.limit_in_bytes"), "")) is < NoLimit and var bytes ? bytes : null;

    private string GroupFile(string name) => Path.Join(_root, "sys/fs/cgroup", Group("0::"), name);

    /// <summary>A file of the first version of control groups. In a container the group is often mounted as if it were the root.</summary>
    private string LegacyGroupFile(string name)
    {
        var mounted = Path.Join(_root, "sys/fs/cgroup/memory");
        var inGroup = Path.Join(mounted, Group(":memory:"), name);
        return File.Exists(inGroup) ? inGroup : Path.Join(mounted, name);
    }

    private string Group(string marker) =>
        Lines(Path.Join(_root, "proc/self/cgroup"))
            .Where(line => line.Contains(marker, StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(marker, StringComparison.Ordinal) + marker.Length)..])
            .FirstOrDefault("");

    private static long? Value(string path, string name) =>
        Lines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } found
        && long.TryParse(found.AsSpan(name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    private static string[] Lines(string path)
    {
        try
        {
            return OperatingSystem.IsLinux() && File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Not everyone may look; then a death is told as what is seen of it.
            return [];
        }
    }
}
