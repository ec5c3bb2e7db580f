using System.Diagnostics;
using System.Text;

namespace Metaflow.FlowMatrix.Running;

/// <summary>What a program said and how it ended.</summary>
/// <param name="ProcessId">Its process.</param>
/// <param name="ExitCode">Its exit code; 128 and more after a signal.</param>
/// <param name="Out">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record ProgramResult(int ProcessId, int ExitCode, string Out, string Error)
{
    public override string ToString() => $"exit code {ExitCode}\n--- out\n{Out}\n--- error\n{Error}";
}

/// <summary>The flow program in a world of its own: working directory, home, variables.</summary>
internal sealed class FlowProgramWorld : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metaflow-matrix-");
    private readonly List<Process> _started = [];
    private readonly List<StoredRun> _opened = [];

    public FlowProgramWorld()
    {
        WorkingDirectory = _directory.CreateSubdirectory("work").FullName;
        HomeDirectory = _directory.CreateSubdirectory("home").FullName;
    }

    public string WorkingDirectory { get; }

    public string HomeDirectory { get; }

    public string StoreRoot => Path.Join(WorkingDirectory, ".metaflow");

    public Dictionary<string, string> Variables { get; } = [];

    public static string Executable => Path.Join(AppContext.BaseDirectory, "Metaflow.FlowMatrix.Flows");

    /// <summary>Starts the program.</summary>
    public Process Start(params IEnumerable<string> arguments) => StartProgram(Executable, arguments);

    /// <summary>Runs the program from a shell that redirects its output; the exit code is the program's.</summary>
    public async Task<ProgramResult> RunRedirectedAsync(string redirection, params IEnumerable<string> arguments) =>
        await EndAsync(StartProgram("/bin/bash", ["-c", $"set -o pipefail; \"$0\" \"$@\" {redirection}", Executable, .. arguments]));

    private Process StartProgram(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = WorkingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("METAFLOW", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["HOME"] = HomeDirectory;
        start.Environment["METAFLOW_USER"] = "tester";
        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        _started.Add(process);
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Runs the program to its end.</summary>
    public async Task<ProgramResult> RunAsync(params IEnumerable<string> arguments) => await EndAsync(Start(arguments));

    /// <summary>Waits for a program that was started, and for all who hold its output.</summary>
    public static async Task<ProgramResult> EndAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new(process.Id, process.ExitCode, await output, await error);
    }

    /// <summary>The latest run of a flow as it was read back.</summary>
    public StoredRun Open(string flowName, string runId = "1")
    {
        var run = new StoredRun(StoreRoot, flowName, runId);
        _opened.Add(run);
        return run;
    }

    public void Dispose()
    {
        _opened.ForEach(run => run.Dispose());
        foreach (var process in _started)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }

            process.Dispose();
        }

        _directory.Delete(recursive: true);
    }
}
