using Metaflow.Cli.Output;

namespace Metaflow.Cli.Verbs;

/// <summary>No verb: explains the flow and what to type next.</summary>
internal sealed class OverviewVerb : CliVerb
{
    public override Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var definition = context.Definition;
        context.Out.WriteLine(definition.Name);
        context.Out.WriteLine();
        context.Out.WriteLine($"Steps: {string.Join(", ", definition.Steps.Select(step => step.Name))}");
        new HelpWriter(context).WriteParameters("Parameters", new RunVerb(definition).Options.Where(option => option.Parameter is not null));
        context.Out.WriteLine();
        context.Out.WriteLine($"'{context.Host.Program} run' runs the flow.");
        context.Out.WriteLine($"'{context.Host.Program} help' lists the commands.");
        return Task.FromResult(ExitCodes.Ok);
    }
}
