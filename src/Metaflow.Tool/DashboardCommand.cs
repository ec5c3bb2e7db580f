using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Metaflow.Dashboard.Hosting;

namespace Metaflow.Tool;

/// <summary><c>ui</c>: shows the store in the browser.</summary>
internal sealed class DashboardCommand : Command
{
    private static readonly Option<int?> Port = new("--port")
    {
        Description = $"The port on this machine; 0 for any. Default: {DashboardServer.DefaultPort}, or any if that is taken.", HelpName = "number",
    };

    private static readonly Option<bool> NoOpen = new("--no-open") { Description = "Only print the address; open no browser." };

    private static readonly Argument<string?> Run = new("RUN")
    {
        Description = "The run whose page is opened, as Flow/run: GenreFlow/3. Default: the list of runs.", Arity = ArgumentArity.ZeroOrOne,
    };

    public DashboardCommand()
        : base("ui", "Show flows, runs, tasks, logs and artifacts in the browser. Reads only; seen from this machine only.")
    {
        Arguments.Add(Run);
        Options.Add(Port);
        Options.Add(NoOpen);
        SetAction(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Port) is { } port and (< 0 or > 65_535))
        {
            throw new UsageException($"there is no port {port}. Ports are numbers from 0 to 65535.");
        }

        var output = parsed.InvocationConfiguration.Output;
        var page = parsed.GetValue(Run) is { } run ? StoreOptions.ParseRun(run) is var (flow, id) ? $"flows/{Uri.EscapeDataString(flow)}/runs/{Uri.EscapeDataString(id)}" : "" : "";
        var root = StoreOptions.Find(parsed);
        var server = await DashboardServer.StartAsync(root, parsed.GetValue(Port), cancellationToken).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            var address = new Uri(server.OpenUrl, page + server.OpenUrl.Query);
            await output.WriteLineAsync($"{root} at {address}").ConfigureAwait(false);
            await output.WriteLineAsync("Ctrl-C ends it.").ConfigureAwait(false);
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (!parsed.GetValue(NoOpen) && !Console.IsOutputRedirected)
            {
                Open(address);
            }

            await server.WhenStoppedAsync(cancellationToken).ConfigureAwait(false);
            return ExitCodes.Ok;
        }
    }

    /// <summary>Opens the address in the browser, if there is one: the address is printed anyway.</summary>
    private static void Open(Uri address)
    {
        try
        {
            var start = OperatingSystem.IsLinux() ? new ProcessStartInfo("xdg-open", [address.ToString()])
                : OperatingSystem.IsMacOS() ? new ProcessStartInfo("open", [address.ToString()])
                : new ProcessStartInfo(address.ToString()) { UseShellExecute = true };
            if (!OperatingSystem.IsWindows())
            {
                start.RedirectStandardOutput = start.RedirectStandardError = true;
            }

            using var browser = Process.Start(start);
        }
        catch (Exception none) when (none is Win32Exception or FileNotFoundException)
        {
            // A server or a container has no browser.
        }
    }
}
