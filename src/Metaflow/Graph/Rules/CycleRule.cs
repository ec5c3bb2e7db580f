using System;
using System.Collections.Generic;
using System.Linq;

namespace Metaflow.Graph;

/// <summary>Finds cycles. A step may choose itself again, as long as it can also go elsewhere.</summary>
internal static class CycleRule
{
    public static void Check(RuleContext context)
    {
        foreach (var step in context.Graph.Steps)
        {
            CheckLoop(context, step);
        }

        if (!context.HasErrors && FindCycle(context.Graph) is { } cycle)
        {
            var step = context.Graph[cycle[cycle.Count - 2]];
            var (transition, target) = Edge(step, cycle[cycle.Count - 1]);
            context.Report(
                RuleCatalog.NoCycle, step,
                $"The steps {string.Join(" → ", cycle)} form a cycle. Only a single step can be repeated, by leading to itself.",
                transition.LocationOf(target));
        }
    }

    private static void CheckLoop(RuleContext context, StepNode step)
    {
        var loops = step.Transitions.Where(transition => transition.Targets.Contains(step.Name)).ToList();
        if (loops.Count == 0)
        {
            return;
        }

        var reason = loops.Exists(loop => loop.OpensSplit) ? "Each round would split again."
            : step.IsJoin ? "A join runs once for its split; lead to a step that repeats."
            : loops.Count == step.Transitions.Count ? "It would never end: add a transition to another step."
            : null;
        if (reason is not null)
        {
            var (transition, target) = Edge(step, step.Name);
            context.Report(
                RuleCatalog.NoCycle, step, $"Step '{step.Name}' leads to itself. {reason}", transition.LocationOf(target));
        }
    }

    private static (TransitionNode Transition, int Target) Edge(StepNode step, string target)
    {
        var transition = step.Transitions.First(t => t.Targets.Contains(target));
        return (transition, transition.Targets.ToList().IndexOf(target));
    }

    /// <summary>The names along a cycle, the first one again at the end; <see langword="null"/> if there is none.</summary>
    private static List<string>? FindCycle(FlowGraph graph)
    {
        var done = new HashSet<string>();
        foreach (var root in graph.Steps)
        {
            var path = new List<string>();
            var open = new Stack<(string Step, bool Leave)>();
            open.Push((root.Name, false));
            while (open.Count > 0)
            {
                var (name, leave) = open.Pop();
                if (leave)
                {
                    path.RemoveAt(path.Count - 1);
                    done.Add(name);
                    continue;
                }

                var seen = path.IndexOf(name);
                if (seen >= 0)
                {
                    return [.. path.Skip(seen), name];
                }

                if (done.Contains(name) || graph.Find(name) is not { } step)
                {
                    continue;
                }

                path.Add(name);
                open.Push((name, true));
                foreach (var target in step.Targets.Where(target => target != name).Reverse())
                {
                    open.Push((target, false));
                }
            }
        }

        return null;
    }
}
