using System.Collections.Generic;
using System.Linq;

namespace Metaflow.Graph;

/// <summary>Rules for artifacts on their way through the graph.</summary>
internal static class DataflowRules
{
    public static void Check(RuleContext context)
    {
        var graph = context.Graph;
        var flow = new ArtifactFlow(graph);
        var artifacts = new HashSet<string>(graph.Artifacts.Select(artifact => artifact.Name));
        var lost = new HashSet<(string Artifact, string Join)>();
        foreach (var step in graph.InOrder.Where(step => graph.Shape.Reachable.Contains(step.Name)))
        {
            foreach (var read in step.Dataflow.Reads.Where(read => !flow.IsThereFor(step, read)))
            {
                if (artifacts.Contains(read.Name))
                {
                    CheckRead(context, flow, step, read, lost);
                }
                else
                {
                    CheckState(context, step, read);
                }
            }

            CheckBranchReads(context, flow, step, artifacts);
        }
    }

    private static void CheckRead(
        RuleContext context, ArtifactFlow flow, StepNode step, ArtifactUse read, HashSet<(string Artifact, string Join)> lost)
    {
        if (flow.LostAt(step, read.Name) is not { } join)
        {
            context.Report(new(
                RuleCatalog.ReadIsWritten,
                $"Step '{step.Name}' reads artifact '{read.Name}', but no step on the way there sets it.",
                context.At(step, read.Location)) { Step = step.Name, Subject = read.Name });
        }
        else if (lost.Add((read.Name, join.Name)))
        {
            context.Report(new(
                RuleCatalog.SurvivesJoin,
                join.Name == step.Name
                    ? $"Join '{step.Name}' reads artifact '{read.Name}' of its own, but a join starts without the artifacts of its branches. "
                        + $"Read it from an input, such as 'inputs[0].{read.Name}', or call MergeArtifacts before."
                    : $"Step '{step.Name}' reads artifact '{read.Name}', which is lost at join '{join.Name}'. "
                        + "There, carry it over with MergeArtifacts, or assign it from an input.",
                context.At(step, read.Location)) { Step = step.Name, Subject = read.Name, Join = join.Name });
        }
    }

    /// <summary>A field or an ordinary property: it lives in one task only.</summary>
    private static void CheckState(RuleContext context, StepNode step, ArtifactUse read)
    {
        var writer = context.Graph.Steps.FirstOrDefault(other => other.Dataflow.Writes.Contains(read.Name));
        if (writer is not null && !step.Dataflow.Writes.Contains(read.Name) && IsBefore(context.Graph, writer, step))
        {
            context.Report(new(
                RuleCatalog.StateIsArtifact,
                $"Step '{step.Name}' reads '{read.Name}', which step '{writer.Name}' sets. Each task has a flow object of its own, so the value is not there. "
                + "Declare it as an artifact: '[Artifact] public partial … { get; set; }'.",
                context.At(step, read.Location)) { Step = step.Name, Subject = read.Name });
        }
    }

    private static bool IsBefore(FlowGraph graph, StepNode first, StepNode second)
    {
        var order = graph.InOrder.Select(step => step.Name).ToList();
        return order.IndexOf(first.Name) < order.IndexOf(second.Name);
    }

    private static void CheckBranchReads(RuleContext context, ArtifactFlow flow, StepNode step, HashSet<string> artifacts)
    {
        if (!step.IsJoin)
        {
            return;
        }

        foreach (var read in step.Dataflow.BranchReads.Where(read => artifacts.Contains(read.Name) && !flow.Before(step).Contains(read.Name)))
        {
            var join = flow.LostAt(step, read.Name);
            context.Report(new(
                RuleCatalog.BranchHasIt,
                $"Join '{step.Name}' reads artifact '{read.Name}' of a branch, but no branch has it: "
                + (join is null ? "no step on the way there sets it." : $"it is lost at join '{join.Name}'."),
                context.At(step, read.Location)) { Step = step.Name, Subject = read.Name });
        }
    }
}
