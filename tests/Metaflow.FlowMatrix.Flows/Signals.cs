using System.Runtime.InteropServices;

namespace Metaflow.FlowMatrix;

/// <summary>Ends the own process the hard way.</summary>
internal static partial class Signals
{
    public const int Kill = 9;

    /// <summary>Sends a signal to this process, which does not survive it.</summary>
    public static void RaiseHere(int signal)
    {
        _ = Send(Environment.ProcessId, signal);
        Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>Kills the process that started this one, this one, or both.</summary>
    public static void KillProcesses(bool scheduler, bool worker)
    {
        if (scheduler)
        {
            _ = Send(ParentId(), Kill);
        }

        if (worker)
        {
            _ = Send(Environment.ProcessId, Kill);
        }

        Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>Gives up in native code.</summary>
    [LibraryImport("libc", EntryPoint = "abort")]
    public static partial void AbortHere();

    /// <summary>Writes where no memory is, in native code, as a faulty native library would.</summary>
    public static void FaultHere() => SetMemory(nint.MaxValue - 4095, 0, 1);

    [LibraryImport("libc", EntryPoint = "memset")]
    private static partial nint SetMemory(nint address, int value, nint length);

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int ParentId();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int pid, int signal);
}
