using System.Runtime.InteropServices;
using Metaflow.Runtime.Logs;

namespace Metaflow.Runtime.Workers;

/// <summary>The few system calls that worker processes need and that .NET does not offer: Linux and macOS.</summary>
internal static unsafe partial class Posix
{
    public const short PollIn = 1;

    public const int SigTerm = 15;

    public const int SigKill = 9;

    private const int Interrupted = 4;

    private const short SpawnSetProcessGroup = 2;

    /// <summary>Room for the opaque structures of posix_spawn on every supported system (glibc: 80 and 336 bytes).</summary>
    private const int Opaque = 512;

    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary>Starts a program in a process group of its own, with only the given descriptors open.</summary>
    /// <param name="program">The program's path.</param>
    /// <param name="arguments">Its arguments, without the program.</param>
    /// <param name="environment">Its environment, as <c>NAME=value</c>.</param>
    /// <param name="descriptors">Which of our descriptors become which of its; descriptor 0 is the null device.</param>
    /// <returns>The process id.</returns>
    public static int Spawn(
        string program, IReadOnlyList<string> arguments, IEnumerable<string> environment,
        IReadOnlyList<(int Ours, int Theirs)> descriptors)
    {
        var actions = stackalloc byte[Opaque];
        var attributes = stackalloc byte[Opaque];
        Check(FileActionsInit(actions), "prepare a process");
        Check(AttributesInit(attributes), "prepare a process");
        var argv = Strings([program, .. arguments]);
        var envp = Strings([.. environment]);
        try
        {
            Check(FileActionsAddOpen(actions, 0, "/dev/null", 0, 0), "prepare a process");
            foreach (var (ours, theirs) in descriptors)
            {
                Check(FileActionsAddDup2(actions, ours, theirs), "prepare a process");
            }

            Check(AttributesSetFlags(attributes, SpawnSetProcessGroup), "prepare a process");
            Check(AttributesSetProcessGroup(attributes, 0), "prepare a process");
            Check(PosixSpawn(out var pid, program, actions, attributes, argv, envp), $"start '{program}'");
            return pid;
        }
        finally
        {
            _ = FileActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
            Free(argv);
            Free(envp);
        }
    }

    /// <summary>Waits until a descriptor can be read or its other end is closed.</summary>
    /// <param name="descriptors">What to wait for; the answer is in them.</param>
    /// <param name="milliseconds">How long at most; -1 for ever, 0 not at all.</param>
    /// <returns>Whether one is ready.</returns>
    public static bool Poll(Span<PollDescriptor> descriptors, int milliseconds)
    {
        fixed (PollDescriptor* first = descriptors)
        {
            var ready = PollDescriptors(first, (nuint)descriptors.Length, milliseconds);
            return ready > 0 || (ready < 0 && Marshal.GetLastPInvokeError() != Interrupted
                ? throw Error("wait for a worker")
                : ready > 0);
        }
    }

    /// <summary>Reads what is there; 0 when the other end is closed.</summary>
    public static int Read(int descriptor, Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            while (true)
            {
                var read = ReadDescriptor(descriptor, first, (nuint)buffer.Length);
                if (read >= 0)
                {
                    return (int)read;
                }

                if (Marshal.GetLastPInvokeError() != Interrupted)
                {
                    throw Error("read from a worker");
                }
            }
        }
    }

    /// <summary>Writes all; false when the other end is closed.</summary>
    public static bool Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            var done = 0;
            while (done < bytes.Length)
            {
                var written = WriteDescriptor(descriptor, first + done, (nuint)(bytes.Length - done));
                if (written >= 0)
                {
                    done += (int)written;
                }
                else if (Marshal.GetLastPInvokeError() != Interrupted)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Waits for a process to end and says how.</summary>
    public static ProcessEnd Wait(int processId)
    {
        while (true)
        {
            int status;
            if (WaitProcess(processId, &status, 0) >= 0)
            {
                var signal = status & 0x7f;
                return signal == 0 ? new((status >> 8) & 0xff, 0) : new(0, signal);
            }

            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw Error($"wait for process {processId}");
            }
        }
    }

    /// <summary>Sends a signal to a process and all it started in its group. A group that is gone is no fault.</summary>
    public static void SignalGroup(int processId, int signal) => _ = Kill(-processId, signal);

    /// <summary>
    /// Leaves the terminal and the process group of whoever started this process: their Ctrl-C and their end are no longer
    /// its own. Does nothing for the leader of a group.
    /// </summary>
    public static void LeaveSession() => _ = SetSession();

    /// <summary>Ends this process at once, without finalizers or handlers.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void ExitNow(int code);

    /// <summary>Whether descriptors stay closed in programs that a step starts. Linux only; elsewhere they stay open.</summary>
    public static void CloseOnExec(int descriptor)
    {
        const int SetDescriptorFlags = 2;
        const int CloseOnExecFlag = 1;
        if (OperatingSystem.IsLinux())
        {
            _ = DescriptorControl(descriptor, SetDescriptorFlags, CloseOnExecFlag);
        }
    }

    private static void Check(int error, string what)
    {
        if (error != 0)
        {
            throw new MetaflowException($"Cannot {what}: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
    }

    private static MetaflowException Error(string what) => new($"Cannot {what}: {Marshal.GetLastPInvokeErrorMessage()}.");

    private static byte** Strings(string[] values)
    {
        var array = (byte**)NativeMemory.AllocZeroed((nuint)(values.Length + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < values.Length; i++)
        {
            array[i] = (byte*)Marshal.StringToCoTaskMemUTF8(values[i]);
        }

        return array;
    }

    private static void Free(byte** array)
    {
        for (var i = 0; array[i] is not null; i++)
        {
            Marshal.FreeCoTaskMem((nint)array[i]);
        }

        NativeMemory.Free(array);
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int PosixSpawn(out int pid, string path, byte* actions, byte* attributes, byte** argv, byte** envp);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int FileActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int FileActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int FileActionsAddDup2(byte* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileActionsAddOpen(byte* actions, int descriptor, string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int AttributesSetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setpgroup")]
    private static partial int AttributesSetProcessGroup(byte* attributes, int group);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int PollDescriptors(PollDescriptor* descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadDescriptor(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteDescriptor(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitProcess(int pid, int* status, int options);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int SetSession();

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int DescriptorControl(int descriptor, int command, int value);
}

/// <summary>How a process ended: by a signal, or with an exit code.</summary>
/// <param name="ExitCode">The exit code, if <paramref name="Signal"/> is 0.</param>
/// <param name="Signal">The signal's number, or 0.</param>
internal readonly record struct ProcessEnd(int ExitCode, int Signal)
{
    /// <summary>What the user should know.</summary>
    /// <param name="lastWords">What the process wrote to standard error about its end, if anything.</param>
    /// <param name="memory">The memory that was used up, if that is why the kernel has ended the process.</param>
    public CaughtException Describe(string? lastWords = null, string? memory = null) => Signal switch
    {
        0 when ExitCode == ExitCodes.DisallowRetry => new("exit", $"The process ended with exit code {ExitCode}: this failed task will not be retried.", null),
        0 => new("exit", $"The process ended with exit code {ExitCode} before the task was done.", null),
        4 => new("SIGILL", "The process was ended by SIGILL (illegal instruction).", null),
        6 => new("SIGABRT", DyingWords.Explain(lastWords) is { } cause
            ? $"The process was aborted (SIGABRT) by {cause}."
            : "The process was aborted (SIGABRT): native code called abort, or the .NET runtime gave up without a word.", null),
        7 => new("SIGBUS", "The process was ended by SIGBUS (bus error).", null),
        8 => new("SIGFPE", "The process was ended by SIGFPE (arithmetic error).", null),
        Posix.SigKill when memory is not null => new(
            "out of memory",
            $"The kernel ended the process (SIGKILL) because memory was used up: {memory}. Let fewer tasks run side by side "
            + "(--max-workers, or [Resources] with MemoryMb on the step), or give the run more memory.",
            null),
        Posix.SigKill => new("SIGKILL", "The process was killed (SIGKILL). The kernel did not say that memory was used up, so a person, a program or a limit of the system did it.", null),
        11 => new("SIGSEGV", "Task failed with a segmentation fault (SIGSEGV), most likely in native code.", null),
        15 => new("SIGTERM", "The process was ended by SIGTERM.", null),
        _ => new($"signal {Signal}", $"The process was ended by signal {Signal}.", null),
    };
}
