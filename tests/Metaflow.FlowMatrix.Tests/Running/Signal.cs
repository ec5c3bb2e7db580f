using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Metaflow.FlowMatrix.Running;

/// <summary>Signals to processes.</summary>
internal static partial class Signal
{
    public const int HangUp = 1;
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    public static void Send(Process process, int signal) => Assert.Equal(0, SendTo(process.Id, signal));

    /// <summary>Whether there is such a process; one that has ended and that its parent has not taken note of counts.</summary>
    public static bool IsAlive(int processId) => SendTo(processId, 0) == 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendTo(int pid, int signal);
}
