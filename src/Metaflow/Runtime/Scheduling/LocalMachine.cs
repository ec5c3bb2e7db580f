namespace Metaflow.Runtime.Scheduling;

/// <summary>What this machine has for tasks.</summary>
internal static class LocalMachine
{
    private const string DeviceDirectory = "/dev";

    /// <summary>The cores and the memory that this process may use (a container's limits count), and the GPUs that it sees.</summary>
    public static MachineRoom Room() => new(
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024 * 1024),
        CountGpus(Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES"), DeviceDirectory));

    /// <summary>The GPUs that are visible: those that the variable names, else the devices of NVIDIA's driver.</summary>
    internal static int CountGpus(string? visible, string devices)
    {
        if (visible is not null)
        {
            // The list ends at the first entry that is none, as for the driver.
            return visible.Split(',', StringSplitOptions.TrimEntries).TakeWhile(id => id.Length > 0 && id != "-1").Count();
        }

        return Directory.Exists(devices)
            ? Directory.EnumerateFileSystemEntries(devices, "nvidia*").Count(path => Path.GetFileName(path.AsSpan())["nvidia".Length..] is { Length: > 0 } id && id.IndexOfAnyExceptInRange('0', '9') < 0)
            : 0;
    }
}
