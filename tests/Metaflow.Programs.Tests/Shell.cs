using System.Diagnostics;

namespace Metaflow.Programs.Tests;

/// <summary>Starts programs.</summary>
internal static class Shell
{
    /// <summary>How long a program may take before its test fails: far longer than any takes.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static Task<Result> RunAsync(string directory, string program, params string[] arguments) =>
        RunAsync(directory, [], program, arguments);

    public static async Task<Result> RunAsync(
        string directory, IEnumerable<(string Name, string Value)> variables, string program, params string[] arguments)
    {
        var start = StartInfo(directory, program, arguments);
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Starts a program that goes on; the caller ends it.</summary>
    public static Process Start(string directory, string program, params string[] arguments) =>
        Process.Start(StartInfo(directory, program, arguments))!;

    private static ProcessStartInfo StartInfo(string directory, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        RemoveSettings(start);
        return start;
    }

    // What the machine or the test host has set must not change what a sample does.
    private static void RemoveSettings(ProcessStartInfo start)
    {
        var foreign = start.Environment.Keys
            .Where(name => name.StartsWith("METAFLOW_", StringComparison.Ordinal) || name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase))
            .ToList();
        foreign.ForEach(name => start.Environment.Remove(name));
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
    }
}

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Out">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
internal sealed record Result(int ExitCode, string Out, string Error)
{
    /// <summary>Everything, for the message of a failed test.</summary>
    public override string ToString() => $"exit code {ExitCode}\n{Out}\n{Error}";
}
