using Metaflow.Graph;

namespace Metaflow.Cli.Verbs;

/// <summary><c>output-dot</c>: the graph for Graphviz.</summary>
internal sealed class OutputDotVerb : CliVerb
{
    public override IReadOnlyList<string> Examples => ["output-dot"];

    public override Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        if (!context.IsQuiet)
        {
            context.Error.WriteLine($"To draw it: {context.Host.Program} output-dot | dot -Tsvg > {context.Graph.Name}.svg");
        }

        context.Out.Write(GraphDot.Render(context.Graph));
        return Task.FromResult(ExitCodes.Ok);
    }
}
