using System;
using System.Collections.Generic;
using System.Linq;

namespace Metaflow.Graph;

/// <summary>
/// All ways through a graph, told apart by the splits that are open. A step is visited once for each different stack of
/// open splits, so the work stays small however many paths there are.
/// </summary>
internal sealed class SplitWalk
{
    // Far more than any sound flow has; a graph that goes beyond it is full of faults that are reported anyway.
    private const int MaximumVisits = 20_000;

    private readonly Dictionary<string, List<Visit>> _visits = [];

    /// <summary>One branch of an open split.</summary>
    /// <param name="Split">The step that split.</param>
    /// <param name="Transition">Which of its transitions.</param>
    /// <param name="Branch">The first step of the branch.</param>
    /// <param name="Outer">The branch around it.</param>
    public sealed record Frame(string Split, int Transition, string Branch, Frame? Outer)
    {
        /// <summary>The splits and transitions around, regardless of the branch.</summary>
        public string Key { get; } = $"{Outer?.Key}/{Split}:{Transition}";

        /// <summary>How many splits are open.</summary>
        public int Depth { get; } = (Outer?.Depth ?? 0) + 1;
    }

    /// <summary>A step with the splits that are open when it starts, and the step before it.</summary>
    public sealed record Visit(StepNode Step, Frame? Frame, StepNode? From, SourceSpan Place);

    /// <summary>The visits of a step.</summary>
    public IReadOnlyList<Visit> this[string step] => _visits.TryGetValue(step, out var visits) ? visits : [];

    /// <summary>All visits, in the order of the walk.</summary>
    public List<Visit> All { get; } = [];

    /// <summary>Walks from the start step. The graph has no cycles but of a step with itself.</summary>
    public static SplitWalk Of(FlowGraph graph)
    {
        var walk = new SplitWalk();
        var seen = new HashSet<(string, string?, string?)>();
        var open = new Queue<Visit>();
        open.Enqueue(new(graph.StartStep!, null, null, default));
        while (open.Count > 0 && walk.All.Count < MaximumVisits)
        {
            var visit = open.Dequeue();
            if (!seen.Add((visit.Step.Name, visit.Frame?.Key, visit.Frame?.Branch)))
            {
                continue;
            }

            walk.Add(visit);
            foreach (var next in Next(graph, visit))
            {
                open.Enqueue(next);
            }
        }

        return walk;
    }

    private static IEnumerable<Visit> Next(FlowGraph graph, Visit visit)
    {
        var inside = visit.Step.IsJoin ? visit.Frame?.Outer : visit.Frame;
        for (var i = 0; i < visit.Step.Transitions.Count; i++)
        {
            var transition = visit.Step.Transitions[i];
            for (var j = 0; j < transition.Targets.Count; j++)
            {
                var target = transition.Targets[j];
                if (target != visit.Step.Name && graph.Find(target) is { } step)
                {
                    var frame = transition.OpensSplit ? new(visit.Step.Name, i, target, inside) : inside;
                    yield return new(step, frame, visit.Step, transition.LocationOf(j));
                }
            }
        }
    }

    private void Add(Visit visit)
    {
        if (!_visits.TryGetValue(visit.Step.Name, out var visits))
        {
            _visits.Add(visit.Step.Name, visits = []);
        }

        visits.Add(visit);
        All.Add(visit);
    }
}
