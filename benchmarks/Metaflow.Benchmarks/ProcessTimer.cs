using System.Collections;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Metaflow.Runtime.Workers;

namespace Metaflow.Benchmarks;

/// <summary>What one run of a command cost, as the operating system accounts for it.</summary>
/// <param name="Wall">From start to end.</param>
/// <param name="Cpu">Processor time of the process and all that it waited for.</param>
/// <param name="PeakBytes">The memory of the largest process among them.</param>
internal readonly record struct ProcessCost(TimeSpan Wall, TimeSpan Cpu, long PeakBytes);

/// <summary>Runs whole commands and measures them from outside.</summary>
internal static unsafe partial class ProcessTimer
{
    /// <summary>Runs a command line in a directory; its output goes to a file there.</summary>
    /// <exception cref="InvalidOperationException">The command failed.</exception>
    public static ProcessCost Run(string directory, string command)
    {
        var log = Path.Join(directory, "output.txt");
        using var output = File.OpenHandle(log, FileMode.Create, FileAccess.Write);
        var descriptor = (int)output.DangerousGetHandle();
        var started = Stopwatch.GetTimestamp();
        var pid = Posix.Spawn(
            "/bin/sh",
            ["-c", $"cd '{directory}' && exec {command}"],
            Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}"),
            [(descriptor, 1), (descriptor, 2)]);
        int status;
        Usage usage;
        if (Wait4(pid, &status, 0, &usage) < 0)
        {
            throw new Win32Exception();
        }

        var wall = Stopwatch.GetElapsedTime(started);
        return status == 0
            ? new(wall, usage.User.ToTimeSpan() + usage.System.ToTimeSpan(), usage.MaximumResidentKilobytes * 1024)
            : throw new InvalidOperationException($"'{command}' failed ({status}):\n{File.ReadAllText(log)}");
    }

    [LibraryImport("libc", EntryPoint = "wait4", SetLastError = true)]
    private static partial int Wait4(int pid, int* status, int options, Usage* usage);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Microseconds;

        public readonly TimeSpan ToTimeSpan() => TimeSpan.FromSeconds(Seconds) + TimeSpan.FromMicroseconds(Microseconds);
    }

    /// <summary>The beginning of the system's structure; the rest is room.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Usage
    {
        public Time User;
        public Time System;
        public long MaximumResidentKilobytes;
        public fixed long Rest[13];
    }
}
