using System.ComponentModel;
using System.Diagnostics;
using Metaflow.Configuration;

namespace Metaflow.Cli.Serving;

/// <summary>The tool <c>metaflow</c>, which holds the dashboard: a flow's program does not.</summary>
internal sealed class DashboardTool(MachineEnvironment environment)
{
    private const string Name = "metaflow";
    private const string Package = "metaflow.tool";

    private static readonly string[] Manifests = [Path.Join(".config", "dotnet-tools.json"), "dotnet-tools.json"];

    /// <summary>The page of a run in a dashboard.</summary>
    public static Uri PageOf(string dashboard, string flow, string runId) =>
        new($"{dashboard.TrimEnd('/')}/flows/{Uri.EscapeDataString(flow)}/runs/{Uri.EscapeDataString(runId)}");

    /// <summary>Starts the dashboard in the background, or finds the one that is there, and gives the page of a run.</summary>
    public async Task<Uri> FindRunPageAsync(string root, string flow, string runId, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        foreach (var (program, arguments) in Candidates())
        {
            var (page, fault) = await AskAsync(program, [.. arguments, "ui", $"{flow}/{runId}", "--root", root, "--background", "--no-open"], cancellationToken).ConfigureAwait(false);
            if (page is not null)
            {
                return page;
            }

            faults.Add($"'{program}' {fault}");
        }

        throw new MetaflowException(
            $"{(faults.Count == 0 ? $"the tool '{Name}' was not found." : string.Join(' ', faults))} Install it: dotnet tool install --global Metaflow.Tool");
    }

    /// <summary>
    /// Where the tool may be, the nearest first. Another program of this name may be on the search path, Python's, so it
    /// comes last.
    /// </summary>
    internal IEnumerable<(string Program, IReadOnlyList<string> Arguments)> Candidates()
    {
        if (HasLocalTool())
        {
            yield return ("dotnet", ["tool", "run", Name, "--"]);
        }

        var file = OperatingSystem.IsWindows() ? $"{Name}.exe" : Name;
        var folders = environment.Variable(SettingNames.Path)?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];
        foreach (var program in folders.Prepend(Path.Join(environment.HomeDirectory, ".dotnet", "tools")).Select(folder => Path.Join(folder, file)).Distinct())
        {
            if (File.Exists(program))
            {
                yield return (program, []);
            }
        }
    }

    private bool HasLocalTool()
    {
        for (var folder = new DirectoryInfo(environment.WorkingDirectory); folder is not null; folder = folder.Parent)
        {
            foreach (var manifest in Manifests.Select(name => Path.Join(folder.FullName, name)).Where(File.Exists))
            {
                return File.ReadAllText(manifest).Contains($"\"{Package}\"", StringComparison.OrdinalIgnoreCase);
            }
        }

        return false;
    }

    private static async Task<(Uri? Page, string Fault)> AskAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            var at = output.IndexOf("http://", StringComparison.Ordinal);
            return at >= 0 && Uri.TryCreate(output[at..].Split('\n')[0].Trim(), UriKind.Absolute, out var page)
                ? (page, "")
                : (null, $"started no dashboard: {FirstLine(await error.ConfigureAwait(false))}");
        }
        catch (Exception fault) when (fault is Win32Exception or InvalidOperationException)
        {
            return (null, $"cannot be started: {fault.Message}");
        }
    }

    private static string FirstLine(string text) => text.Trim().Split('\n')[0].Trim() is { Length: > 0 } line ? line : "it said nothing.";
}
