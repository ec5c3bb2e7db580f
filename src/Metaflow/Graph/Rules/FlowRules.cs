using System.Collections.Generic;

namespace Metaflow.Graph;

/// <summary>Checks flows. One source for the editor, the compiler and the <c>check</c> command.</summary>
internal static class FlowRules
{
    /// <summary>What is wrong with a flow, most basic first; empty if nothing is.</summary>
    public static IReadOnlyList<GraphProblem> Check(FlowGraph graph)
    {
        var members = new RuleContext(graph);
        ClassRules.Check(members);
        MemberRules.Check(members);
        DecoratorRules.Check(members);

        // What builds on the graph's shape is only checked when its parts are sound: one mistake, one message.
        var parts = new RuleContext(graph);
        StepRules.Check(parts);
        TransitionRules.Check(parts);
        if (!graph.Has(FlowTraits.Abstract) && !graph.Has(FlowTraits.UnknownBase) && graph.Steps.Count > 0)
        {
            EndpointRules.Check(parts);
            if (!parts.HasErrors)
            {
                CheckShape(parts);
            }
        }

        return [.. members.Problems, .. parts.Problems];
    }

    private static void CheckShape(RuleContext context)
    {
        CycleRule.Check(context);
        if (context.HasErrors)
        {
            return;
        }

        var walk = SplitWalk.Of(context.Graph);
        StructureRules.Check(context, walk);
        if (context.HasErrors)
        {
            return;
        }

        ItemRules.Check(context, walk);
        DataflowRules.Check(context);
    }
}
