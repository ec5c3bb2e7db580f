using Metaflow.Cli.Output;
using Metaflow.Graph;

namespace Metaflow.Cli.Verbs;

/// <summary>No verb: explains the flow and what to type next.</summary>
internal sealed class OverviewVerb : CliVerb
{
    public override Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var graph = context.Graph;
        var problems = FlowRules.Check(graph);
        context.Out.WriteLine(string.IsNullOrEmpty(graph.Doc) ? graph.Name : $"{graph.Name}: {graph.Doc.ReplaceLineEndings(" ")}");
        context.Out.WriteLine();
        context.Out.WriteLine($"Steps: {Steps(graph)}");
        context.Out.WriteLine($"Check: {CheckVerdict.Of(graph, problems)}");
        foreach (var problem in problems)
        {
            context.Out.WriteLine($"  {problem}");
        }

        new HelpWriter(context).WriteParameters(
            "Parameters", new RunVerb(context.Definition).Options.Where(option => option.Parameter is not null));
        WriteNext(context);
        return Task.FromResult(CheckVerdict.IsSound(problems) ? ExitCodes.Ok : ExitCodes.Failed);
    }

    /// <summary>Arrows where the flow is a chain; else just the order, for which <c>show</c> has the arrows.</summary>
    private static string Steps(FlowGraph graph)
    {
        var isChain = graph.Steps.All(step => step.Targets.Count() <= 1);
        return string.Join(isChain ? " → " : ", ", graph.InOrder.Select(step => step.Kind switch
        {
            StepKind.SplitForEach => $"{step.Name} (foreach)",
            StepKind.SplitParallel => $"{step.Name} (parallel)",
            StepKind.SplitStatic => $"{step.Name} (split)",
            StepKind.SplitSwitch => $"{step.Name} (switch)",
            StepKind.Join => $"{step.Name} (join)",
            _ => step.Name,
        }));
    }

    private static void WriteNext(VerbContext context)
    {
        context.Out.WriteLine();
        context.Out.WriteLine("Next:");
        TwoColumns.Write(
            context.Out,
            [
                ($"{context.Host.Program} run", "Run the flow."),
                ($"{context.Host.Program} help run", "See all options of a run."),
                ($"{context.Host.Program} show", "See the steps one by one."),
                ($"{context.Host.Program} help", "List the commands."),
            ],
            context.Host.Console.Width,
            widestName: int.MaxValue);
    }
}
