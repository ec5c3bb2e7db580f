using System.CommandLine;
using Metaflow.Cli.Output;
using Metaflow.Cli.Watching;
using Metaflow.Client;

namespace Metaflow.Tool.Query;

/// <summary><c>runs --watch</c>: the runs as they go on.</summary>
internal static class WatchCommand
{
    private const int UsualRuns = 20;

    /// <summary>Shows the runs until it is cancelled.</summary>
    public static async Task FollowAsync(ParseResult parsed, MetaflowClient client, QueryArguments arguments, CancellationToken cancellationToken)
    {
        var configuration = parsed.InvocationConfiguration;
        var limit = arguments.Number("limit", UsualRuns, 1, StoreQuery.MaximumItems);

        // A wrong question is told before anything is painted.
        _ = RunsQuery.Runs(client, arguments).Any();
        ICliConsole console = ReferenceEquals(configuration.Output, Console.Out) ? new SystemConsole() : new WriterConsole(configuration.Output, configuration.Error);
        var isColorful = console.IsTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";
        var view = RunWatch.ViewFor(console, TimeProvider.System, isColorful, parsed.GetValue(StoreOptions.Json), client.DatastoreRoot);
        await using (view.ConfigureAwait(false))
        {
            var watch = new RunWatch(() => RunsQuery.Runs(client, arguments).Take(limit), TimeProvider.System);
            await watch.FollowAsync(view, cancellationToken).ConfigureAwait(false);
        }
    }

    private sealed class WriterConsole(TextWriter output, TextWriter error) : ICliConsole
    {
        public TextWriter Out => output;

        public TextWriter Error => error;

        public bool IsTerminal => false;

        public int Width => 80;
    }
}
