using Metaflow.Graph;

namespace Metaflow.Runtime.Scheduling;

/// <summary>What a step did must be what the graph shows: everything that draws or deploys the flow relies on it.</summary>
internal static class TransitionCheck
{
    /// <exception cref="MetaflowException">The graph does not show the transition.</exception>
    public static void Require(FlowGraph graph, string step, TransitionKind kind, IReadOnlyList<string> targets)
    {
        if (targets.FirstOrDefault(target => graph.Find(target) is null) is { } unknown)
        {
            throw new MetaflowException($"Step {step} leads to '{unknown}', which is not a step of the flow.");
        }

        if (!Shows(graph, step, kind, targets))
        {
            throw new MetaflowException(
                $"Step {step} led to {string.Join(", ", targets)} ({kind}), which its source does not show. "
                + "Return the transition in the step itself and name its targets there: return Next(Target);");
        }
    }

    /// <summary>Whether the graph shows a transition; <see langword="null"/> stands for the end of the flow.</summary>
    public static bool Shows(FlowGraph graph, string step, TransitionKind? kind, IReadOnlyList<string> targets)
    {
        var shape = kind switch
        {
            TransitionKind.Split => TransitionShape.Split,
            TransitionKind.ForEach => TransitionShape.ForEach,
            _ => TransitionShape.Linear,
        };
        var transitions = graph[step].Transitions;
        return kind is null ? transitions.Count == 0 : transitions.Any(known => known.Targets.SequenceEqual(targets) && known.Kind == shape);
    }
}
