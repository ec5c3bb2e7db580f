using System;
using System.Collections.Generic;
using System.Linq;

namespace Metaflow.Graph;

/// <summary>Rules for the graph as a whole: every step reachable, every split joined, every join with its split.</summary>
internal static class StructureRules
{
    public static void Check(RuleContext context, SplitWalk walk)
    {
        CheckReachable(context);

        // A join at the wrong depth makes all that follows it look wrong.
        CheckBalance(context, walk);
        if (!context.HasErrors)
        {
            CheckJoins(context, walk);
            CheckSplits(context, walk);
        }
    }

    private static void CheckReachable(RuleContext context)
    {
        var shape = context.Graph.Shape;
        foreach (var step in context.Graph.Steps.Where(step => !shape.Reachable.Contains(step.Name)))
        {
            // Of a chain of unreachable steps, the first is the one to look at; behind a step that leads nowhere, that one.
            var isBehindDeadEnd = step.Name == context.Graph.EndStep?.Name
                && context.Problems.Any(problem => problem.Rule == RuleCatalog.LeadsOn);
            if (shape.Parents(step.Name).All(parent => parent == step.Name) && !isBehindDeadEnd)
            {
                context.Report(
                    RuleCatalog.IsReachable, step,
                    $"No step leads to '{step.Name}', so it never runs. Lead to it, or remove [Step].");
            }
        }
    }

    private static void CheckJoins(RuleContext context, SplitWalk walk)
    {
        foreach (var join in context.Graph.Steps.Where(step => step.IsJoin))
        {
            var visits = walk[join.Name];
            if (visits.FirstOrDefault(visit => visit.Frame is null) is { } loose)
            {
                context.Report(
                    RuleCatalog.JoinHasSplit, loose.From!,
                    $"Step '{loose.From!.Name}' leads to join '{join.Name}', but no split is open there. "
                    + "A join unites the branches of a split or foreach before it.",
                    loose.Place);
                continue;
            }

            foreach (var visit in visits.Where(visit => IsDirectForEach(context.Graph, visit)))
            {
                context.Report(
                    RuleCatalog.ForEachHasBody, visit.From!,
                    $"The foreach of step '{visit.From!.Name}' leads straight to join '{join.Name}'. Put the step that works on each item between them.",
                    visit.Place);
            }
        }
    }

    private static void CheckBalance(RuleContext context, SplitWalk walk)
    {
        foreach (var join in context.Graph.InOrder.Where(step => step.IsJoin))
        {
            var visits = walk[join.Name].Where(visit => visit.Frame is not null).ToList();
            if (visits.Select(visit => visit.Frame!.Depth).Distinct().Count() > 1)
            {
                ReportUnbalanced(context, join, visits);
                return;
            }
        }
    }

    private static void ReportUnbalanced(RuleContext context, StepNode join, List<SplitWalk.Visit> visits)
    {
        var deepest = visits.OrderByDescending(visit => visit.Frame!.Depth).First();
        var other = visits.First(visit => visit.Frame!.Depth != deepest.Frame!.Depth);
        context.Report(
            RuleCatalog.JoinIsBalanced, deepest.From!,
            $"Join '{join.Name}' is reached from '{deepest.From!.Name}' with the split of '{deepest.Frame!.Split}' open, "
            + $"and from '{other.From!.Name}' with that of '{other.Frame!.Split}'. A join unites the branches of one split: "
            + $"join the split of '{deepest.Frame.Split}' first, in a step of its own.",
            deepest.Place);
    }

    private static bool IsDirectForEach(FlowGraph graph, SplitWalk.Visit visit) =>
        visit.From!.Name == visit.Frame!.Split && visit.Frame.Branch == visit.Step.Name
        && graph[visit.Frame.Split].Transitions[visit.Frame.Transition].Kind != TransitionShape.Split;

    private static void CheckSplits(RuleContext context, SplitWalk walk)
    {
        foreach (var step in context.Graph.Steps)
        {
            for (var i = 0; i < step.Transitions.Count; i++)
            {
                if (step.Transitions[i].OpensSplit)
                {
                    CheckSplit(context, walk, step, i);
                }
            }
        }
    }

    private static void CheckSplit(RuleContext context, SplitWalk walk, StepNode step, int index)
    {
        var transition = step.Transitions[index];
        var inside = walk.All.Where(visit => visit.Frame is { } frame && frame.Split == step.Name && frame.Transition == index).ToList();
        var joins = inside.Where(visit => visit.Step.IsJoin).ToList();
        var leaks = inside.Where(visit => visit.Step.Name == context.Graph.EndStep?.Name).ToList();
        var word = transition.Kind == TransitionShape.Split ? "split" : "foreach";
        if (leaks.Count > 0 && joins.Count == 0)
        {
            context.Report(
                RuleCatalog.SplitIsJoined, step,
                $"The {word} of step '{step.Name}' is never joined: '{leaks[0].Step.Name}' is reached while its branches are still open. "
                + $"Add a join, a step that takes 'JoinInputs<{context.Graph.Name}>'.",
                transition.Location);
        }
        else if (leaks.Count > 0)
        {
            var leak = leaks[0];
            context.Report(
                RuleCatalog.AllBranchesJoin, leak.From!,
                $"The branch '{leak.Frame!.Branch}' of the {word} of step '{step.Name}' goes to '{leak.Step.Name}' past the join '{joins[0].Step.Name}'. "
                + $"Every branch must reach it: lead to '{joins[0].Step.Name}' here.",
                leak.Place);
        }

        if (joins.FirstOrDefault(join => join.Step.Name != joins[0].Step.Name) is { } second)
        {
            context.Report(
                RuleCatalog.BranchesJoinTogether, second.From!,
                $"The branches of the {word} of step '{step.Name}' reach different joins, '{joins[0].Step.Name}' and '{second.Step.Name}'. They must meet in one.",
                second.Place);
        }
    }
}
