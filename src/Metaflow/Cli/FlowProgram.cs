using Metaflow.Cli.Parsing;
using Metaflow.Cli.Verbs;
using Metaflow.Configuration;
using Metaflow.Definitions;

namespace Metaflow.Cli;

/// <summary>A program that holds one flow: understands the command line and does what it says.</summary>
internal sealed class FlowProgram(FlowDefinition definition, CliHost host)
{
    /// <summary>Runs the program.</summary>
    /// <returns>The exit code; see <see cref="ExitCodes"/>.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var code = ExitCodes.Ok;
        Exception? fault = null;
        try
        {
            code = await DispatchAsync(arguments, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            code = ExitCodes.Interrupted;
        }
        catch (Exception exception)
        {
            fault = exception;
        }

        try
        {
            await host.Console.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (MetaflowException unwritable)
        {
            fault ??= unwritable;
        }

        return fault is null ? code : FaultReport.Write(host.Console.Error, fault);
    }

    private Task<int> DispatchAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var line = CommandLine.Parse(definition, arguments, host.Environment);
        var context = new VerbContext
        {
            Definition = definition,
            Host = host,
            Line = line,
            Settings = new(host.Environment),
            Arguments = arguments,
        };
        CliVerb verb =
            line.Values.Has(GlobalOptions.Help) ? new HelpVerb(line.Verb?.Name)
            : line.Values.Has(GlobalOptions.Version) ? new VersionVerb()
            : line.Implementation ?? new OverviewVerb();
        return verb.ExecuteAsync(context, cancellationToken);
    }
}
