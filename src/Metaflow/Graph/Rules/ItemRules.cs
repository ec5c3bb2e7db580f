using System.Collections.Generic;
using System.Linq;

namespace Metaflow.Graph;

/// <summary>Rules for the items of a foreach: where a step takes or asks for one, there is one of its type.</summary>
internal static class ItemRules
{
    public static void Check(RuleContext context, SplitWalk walk)
    {
        foreach (var step in context.Graph.Steps)
        {
            var items = walk[step.Name].Select(visit => Innermost(context.Graph, visit.Frame)).Distinct().ToList();
            if (items.Count == 0)
            {
                continue;
            }

            if (step.Takes == StepInput.Item)
            {
                CheckTaken(context, walk, step);
            }

            foreach (var input in step.Dataflow.Inputs)
            {
                CheckInput(context, step, input, items);
            }
        }
    }

    private static void CheckTaken(RuleContext context, SplitWalk walk, StepNode step)
    {
        foreach (var visit in walk[step.Name].Where(visit => visit.From is not null))
        {
            var (hasItem, type, split) = Innermost(context.Graph, visit.Frame);
            if (!hasItem)
            {
                context.Report(
                    RuleCatalog.ItemIsGiven, visit.From!,
                    $"Step '{visit.From!.Name}' leads to '{step.Name}', which takes an item, but no foreach gives it one. "
                    + "Use NextForEach, or remove the parameter and pass the value through an artifact.",
                    visit.Place);
                return;
            }

            if (type is not null && type != step.ItemType)
            {
                context.Report(
                    RuleCatalog.ItemTypeFits, visit.From!,
                    $"Step '{step.Name}' takes an item of type '{step.ItemType}', but the foreach of step '{split}' gives '{type}'. "
                    + "Items are stored and read back as the declared type, so both must be the same.",
                    visit.Place);
                return;
            }
        }
    }

    private static void CheckInput(
        RuleContext context, StepNode step, InputUse input, List<(bool HasItem, string? Type, string? Split)> items)
    {
        if (items.TrueForAll(item => !item.HasItem))
        {
            context.Report(
                RuleCatalog.InputIsInForEach, step,
                $"Step '{step.Name}' asks for Input<{input.Type}>(), but {(input.OfBranch ? "its branches are" : "it is")} not inside a foreach.",
                input.Location);
        }
        else if (items.TrueForAll(item => item.HasItem && item.Type is not null && item.Type != input.Type))
        {
            context.Report(
                RuleCatalog.InputTypeFits, step,
                $"Step '{step.Name}' asks for Input<{input.Type}>(), but the items of the foreach are of type '{items[0].Type}'.",
                input.Location);
        }
    }

    /// <summary>Whether a foreach is open, the type of the innermost one's items, and the step that it is in.</summary>
    private static (bool HasItem, string? Type, string? Split) Innermost(FlowGraph graph, SplitWalk.Frame? frame)
    {
        for (; frame is not null; frame = frame.Outer)
        {
            var transition = graph[frame.Split].Transitions[frame.Transition];
            if (transition.Kind is TransitionShape.ForEach or TransitionShape.Parallel)
            {
                return (true, transition.ItemType, frame.Split);
            }
        }

        return (false, null, null);
    }
}
