using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Metaflow.Programs.Tests;

/// <summary>What a command answered.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
internal sealed record Answer(int ExitCode, string Output, string Error)
{
    public override string ToString() => $"exit code {ExitCode}\n{Output}\n{Error}";
}

/// <summary>Runs commands as a user types them.</summary>
internal static class Commands
{
    /// <summary>The repository's root directory.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Runs <c>dotnet</c> in a directory, with the datastore in another one.</summary>
    public static async Task<Answer> DotnetAsync(string directory, string datastore, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["METAFLOW_USER"] = "tester";
        start.Environment["METAFLOW_DATASTORE_SYSROOT_LOCAL"] = datastore;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new(process.ExitCode, await output, await error);
    }

    private static string FindRepository([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Join(Path.GetDirectoryName(file), "..", ".."));
}
