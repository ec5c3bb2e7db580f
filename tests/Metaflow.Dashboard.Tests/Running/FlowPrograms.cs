using System.Diagnostics;

namespace Metaflow.Dashboard.Tests.Running;

/// <summary>Programs that tests start: flows and the tool. All are ended with the object.</summary>
internal sealed class FlowPrograms(string directory) : IDisposable
{
    private readonly List<Process> _started = [];

    /// <summary>Where a program is that was built with this test: beside this test's own folder, bin/Metaflow.Dashboard.Tests/debug.</summary>
    public static string PathOf(string program) =>
        Path.GetFullPath(Path.Join(AppContext.BaseDirectory, "..", "..", program, new DirectoryInfo(AppContext.BaseDirectory).Name, program));

    /// <summary>Starts a program that was built with this test.</summary>
    public Process Start(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(PathOf(program), arguments)
        {
            WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("METAFLOW", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["HOME"] = directory;
        start.Environment["METAFLOW_USER"] = "ada";
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        lock (_started)
        {
            _started.Add(process);
        }

        return process;
    }

    /// <summary>Runs a flow to its end, whatever that is.</summary>
    public async Task<(int ExitCode, string Output)> RunFlowAsync(params IEnumerable<string> arguments)
    {
        var process = Start("Metaflow.Dashboard.Flows", arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var result = (process.ExitCode, output + await error);
        return result;
    }

    /// <summary>Starts a flow and waits until it has printed a text.</summary>
    public async Task<Process> StartFlowAsync(string text, params IEnumerable<string> arguments)
    {
        var process = Start("Metaflow.Dashboard.Flows", arguments);
        _ = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                _ = process.StandardOutput.ReadToEndAsync();
                return process;
            }
        }

        throw new InvalidOperationException($"The flow ended without printing '{text}'.");
    }

    /// <summary>Starts <c>metaflow ui</c> and gives the address that it prints.</summary>
    public async Task<Uri> StartDashboardAsync(string root)
    {
        var process = Start("Metaflow.Tool", "ui", "--root", root, "--port", "0", "--no-open");
        var error = process.StandardError.ReadToEndAsync();
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(await error);
        _ = process.StandardOutput.ReadToEndAsync();
        return new(line[line.IndexOf("http://", StringComparison.Ordinal)..]);
    }

    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }

            process.Dispose();
        }
    }
}
