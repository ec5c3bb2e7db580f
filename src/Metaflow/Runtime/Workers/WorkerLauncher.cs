using System.Collections;
using System.Globalization;
using System.IO.Pipes;
using System.Reflection;

namespace Metaflow.Runtime.Workers;

/// <summary>Starts worker processes: this same program with the hidden verb <c>worker</c>.</summary>
internal static class WorkerLauncher
{
    /// <summary>The hidden verb.</summary>
    public const string Verb = "worker";

    // Descriptors are created and inherited one process at a time, so that none leaks into a process started meanwhile.
    private static readonly Lock Starting = new();

    /// <summary>Whether this system can run worker processes.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    /// <summary>Starts a worker for a flow.</summary>
    public static WorkerConnection Start(string flowName)
    {
        lock (Starting)
        {
            var assignments = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
            var control = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
            var results = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
            var output = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
            var error = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
            var (program, arguments) = Program();
            var pid = Posix.Spawn(
                program,
                [.. arguments, Verb, flowName, Text(Theirs(assignments)), Text(Theirs(results)), Text(Theirs(control))],
                Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}"),
                [
                    (Theirs(output), 1), (Theirs(error), 2), (Theirs(assignments), Theirs(assignments)),
                    (Theirs(results), Theirs(results)), (Theirs(control), Theirs(control)),
                ]);
            foreach (var pipe in (AnonymousPipeServerStream[])[assignments, control, results, output, error])
            {
                pipe.DisposeLocalCopyOfClientHandle();
            }

            return new(pid, assignments, control, results, output, error);
        }
    }

    private static int Theirs(AnonymousPipeServerStream pipe) => (int)pipe.ClientSafePipeHandle.DangerousGetHandle();

    private static string Text(int descriptor) => descriptor.ToString(CultureInfo.InvariantCulture);

    /// <summary>How this program is started again: its own executable, or <c>dotnet program.dll</c>.</summary>
    private static (string Program, string[] Arguments) Program()
    {
        var process = Environment.ProcessPath
            ?? throw new MetaflowException("The path of this program is unknown, so no worker can be started. Use --isolation none.");
        return Path.GetFileNameWithoutExtension(process) == "dotnet"
            ? (process, [Assembly.GetEntryAssembly()!.Location])
            : (process, []);
    }
}
