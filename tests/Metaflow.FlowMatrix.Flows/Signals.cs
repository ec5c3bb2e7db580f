using System.Runtime.InteropServices;

namespace Metaflow.FlowMatrix;

/// <summary>Ends the own process the hard way.</summary>
internal static partial class Signals
{
    public const int Segv = 11;

    public const int Kill = 9;

    /// <summary>Sends a signal to this process, which does not survive it.</summary>
    public static void RaiseHere(int signal)
    {
        _ = Send(Environment.ProcessId, signal);
        Thread.Sleep(Timeout.Infinite);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int pid, int signal);
}
