using System.Collections.Generic;
using System.Linq;

namespace Metaflow.Graph;

/// <summary>What follows from a graph's steps. It is defined for faulty graphs too, as well as can be.</summary>
internal sealed class GraphShape
{
    private readonly Dictionary<string, StepNode> _steps;
    private readonly Dictionary<string, List<string>> _parents = [];
    private readonly Dictionary<string, IReadOnlyList<string>> _splitParents = [];
    private readonly Dictionary<string, string> _matchingJoins = [];

    public GraphShape(FlowGraph graph)
    {
        Graph = graph;

        // Of two steps with one name, which is a mistake, the first is looked at.
        _steps = graph.Steps.GroupBy(step => step.Name).ToDictionary(steps => steps.Key, steps => steps.First());
        FindParents();
        Reachable = FindSplits();
        InOrder = Sort();
    }

    /// <summary>The graph that this belongs to.</summary>
    public FlowGraph Graph { get; }

    /// <summary>The names of the steps that the start step leads to, itself included.</summary>
    public IReadOnlyCollection<string> Reachable { get; }

    /// <inheritdoc cref="FlowGraph.InOrder"/>
    public IReadOnlyList<StepNode> InOrder { get; }

    public StepNode? Find(string name) => _steps.TryGetValue(name, out var step) ? step : null;

    /// <summary>The steps that may lead to a step, in declaration order.</summary>
    public IReadOnlyList<string> Parents(string step) => _parents.TryGetValue(step, out var parents) ? parents : [];

    /// <inheritdoc cref="FlowGraph.SplitParents"/>
    public IReadOnlyList<string> SplitParents(string step) =>
        _splitParents.TryGetValue(step, out var parents) ? parents : [];

    /// <inheritdoc cref="FlowGraph.MatchingJoin"/>
    public string? MatchingJoin(string step) => _matchingJoins.TryGetValue(step, out var join) ? join : null;

    private void FindParents()
    {
        foreach (var step in _steps.Values)
        {
            foreach (var target in step.Targets)
            {
                if (!_parents.TryGetValue(target, out var parents))
                {
                    _parents.Add(target, parents = []);
                }

                parents.Add(step.Name);
            }
        }
    }

    /// <summary>Walks from the start; the first way to a step decides which splits are open there.</summary>
    private HashSet<string> FindSplits()
    {
        var seen = new HashSet<string>();
        var open = new Queue<(string Step, IReadOnlyList<string> Splits)>();
        if (Graph.StartStep is { } start)
        {
            open.Enqueue((start.Name, []));
        }

        while (open.Count > 0)
        {
            var (name, splits) = open.Dequeue();
            if (!_steps.TryGetValue(name, out var step) || !seen.Add(name))
            {
                continue;
            }

            _splitParents[name] = splits;
            if (step.IsJoin && splits.Count > 0)
            {
                _matchingJoins[splits[splits.Count - 1]] = name;
                splits = [.. splits.Take(splits.Count - 1)];
            }

            foreach (var transition in step.Transitions)
            {
                IReadOnlyList<string> inside = transition.OpensSplit ? [.. splits, name] : splits;
                foreach (var target in transition.Targets)
                {
                    open.Enqueue((target, inside));
                }
            }
        }

        return seen;
    }

    private List<StepNode> Sort()
    {
        var waitsFor = Reachable.ToDictionary(name => name, name => Parents(name).Count(p => p != name && Reachable.Contains(p)));
        var order = new List<StepNode>(_steps.Count);
        var placed = new HashSet<string>();
        var ready = new Queue<string>();
        if (Graph.StartStep is { } start)
        {
            ready.Enqueue(start.Name);
        }

        while (ready.Count > 0)
        {
            var step = _steps[ready.Dequeue()];
            if (!placed.Add(step.Name))
            {
                continue;
            }

            order.Add(step);
            foreach (var target in step.Targets)
            {
                if (target != step.Name && waitsFor.ContainsKey(target) && --waitsFor[target] == 0)
                {
                    ready.Enqueue(target);
                }
            }
        }

        // What is left lies on or behind a cycle, or cannot be reached.
        order.AddRange(_steps.Values.Where(step => !placed.Contains(step.Name)).OrderBy(step => !Reachable.Contains(step.Name)));
        return order;
    }
}
