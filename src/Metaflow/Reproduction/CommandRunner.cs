using System.ComponentModel;
using System.Diagnostics;

namespace Metaflow.Reproduction;

/// <summary>What a program that was started came to.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">The last lines that it printed.</param>
internal sealed record CommandResult(int ExitCode, IReadOnlyList<string> Output)
{
    /// <summary>The lines that tell most of why it failed.</summary>
    public string Reason
    {
        get
        {
            const int Shown = 15;
            var errors = Output.Where(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.Ordinal).Take(Shown).ToList();
            return string.Join('\n', errors.Count > 0 ? errors : Output.TakeLast(Shown));
        }
    }
}

/// <summary>Starts programs in the clean directory, with surroundings that are decided and not inherited where they count.</summary>
/// <param name="log">The file that receives all that they print.</param>
internal sealed class CommandRunner(string log)
{
    private const int KeptLines = 400;

    private static readonly string[] ForeignPrefixes = ["METAFLOW_", "MSBUILD", "NUGET_", "DOTNET_CLI_"];

    /// <summary>Runs a program to its end.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="variables">Environment variables to set, or to remove where the value is <see langword="null"/>.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <exception cref="MetaflowException">It cannot be started.</exception>
    public async Task<CommandResult> RunAsync(
        string directory, IReadOnlyDictionary<string, string?> variables, string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        Prepare(start, variables);
        var lines = new Queue<string>();
        var writer = new StreamWriter(log, append: true);
        await using (writer.ConfigureAwait(false))
        {
            await writer.WriteLineAsync($"$ {program} {string.Join(' ', arguments)}").ConfigureAwait(false);
            using var process = Start(start);
            process.StandardInput.Close();
            process.OutputDataReceived += (_, line) => Keep(line.Data);
            process.ErrorDataReceived += (_, line) => Keep(line.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            try
            {
                await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }

            return new(process.ExitCode, [.. lines]);
        }

        void Keep(string? line)
        {
            lock (lines)
            {
                if (line is not null)
                {
                    writer.WriteLine(line);
                    lines.Enqueue(line);
                    if (lines.Count > KeptLines)
                    {
                        lines.Dequeue();
                    }
                }
            }
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Exception fault) when (fault is Win32Exception or InvalidOperationException)
        {
            throw new MetaflowException($"'{start.FileName}' cannot be started: {fault.Message}", fault);
        }
    }

    private static void Prepare(ProcessStartInfo start, IReadOnlyDictionary<string, string?> variables)
    {
        // What this machine is set to must not decide what the program does.
        foreach (var name in start.Environment.Keys.Where(name => ForeignPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";

        // Build servers would outlive the clean directory.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }
    }
}
