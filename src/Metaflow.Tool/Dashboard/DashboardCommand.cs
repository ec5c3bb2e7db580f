using System.CommandLine;
using Metaflow.Cli.Serving;
using Metaflow.Configuration;
using Metaflow.Dashboard.Hosting;

namespace Metaflow.Tool.Dashboard;

/// <summary><c>ui</c>: shows the store in the browser.</summary>
internal sealed class DashboardCommand : Command
{
    private static readonly Option<int?> Port = new("--port")
    {
        Description = $"The port on this machine; 0 for any. Default: {DashboardServer.DefaultPort}, or any if that is taken.", HelpName = "number",
    };

    private static readonly Option<bool> NoOpen = new("--no-open") { Description = "Only print the address; open no browser." };

    private static readonly Option<bool> Background = new("--background")
    {
        Description = "Print the address and return: the dashboard goes on in the background until nobody has looked at it for an hour. One that is there already is used.",
    };

    private static readonly Option<bool> Detached = new("--detached") { Hidden = true };

    private static readonly Argument<string?> Run = new("RUN")
    {
        Description = "The run whose page is opened, as Flow/run: GenreFlow/3. Default: the list of runs.", Arity = ArgumentArity.ZeroOrOne,
    };

    public DashboardCommand()
        : base("ui", "Show flows, runs, tasks, logs and artifacts in the browser. Reads only; seen from this machine only.")
    {
        Arguments.Add(Run);
        Options.Add(Port);
        Options.Add(Background);
        Options.Add(NoOpen);
        Options.Add(Detached);
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
        var root = Path.GetFullPath(StoreOptions.Find(parsed));
        if (parsed.GetValue(Detached))
        {
            await BackgroundDashboard.ServeAsync(root, parsed.GetValue(Port), output, cancellationToken).ConfigureAwait(false);
            return ExitCodes.Ok;
        }

        if (parsed.GetValue(Background))
        {
            await TellAsync(parsed, root, page, await BackgroundDashboard.FindOrStartAsync(root, parsed.GetValue(Port), cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            return ExitCodes.Ok;
        }

        var server = await DashboardServer.StartAsync(root, parsed.GetValue(Port), cancellationToken).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            await TellAsync(parsed, root, page, server.OpenUrl).ConfigureAwait(false);
            await output.WriteLineAsync("Ctrl-C ends it.").ConfigureAwait(false);
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
            await server.WhenStoppedAsync(cancellationToken).ConfigureAwait(false);
            return ExitCodes.Ok;
        }
    }

    /// <summary>Prints the address of a page, and opens it if somebody sits in front of a screen.</summary>
    private static async Task TellAsync(ParseResult parsed, string root, string page, Uri open)
    {
        var address = new Uri(open, page + open.Query);
        await parsed.InvocationConfiguration.Output.WriteLineAsync($"{root} at {address}").ConfigureAwait(false);
        if (!parsed.GetValue(NoOpen))
        {
            Browser.TryOpen(address.ToString(), isTerminal: !Console.IsOutputRedirected, MachineEnvironment.Current);
        }
    }
}
