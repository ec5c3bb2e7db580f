using System;
using System.Collections.Generic;
using System.Linq;

namespace Metaflow.Graph;

/// <summary>Which artifacts may be there before and after each step. What may be there on any path counts.</summary>
internal sealed class ArtifactFlow
{
    private readonly FlowGraph _graph;
    private readonly HashSet<string> _all;
    private readonly Dictionary<string, HashSet<string>> _before = [];
    private readonly Dictionary<string, HashSet<string>> _after = [];

    public ArtifactFlow(FlowGraph graph)
    {
        _graph = graph;
        _all = [.. graph.Artifacts.Select(artifact => artifact.Name)];

        // Steps come after those that lead to them, and a step that repeats itself reads what it wrote.
        foreach (var step in graph.InOrder)
        {
            var before = new HashSet<string>(
                graph.Shape.Parents(step.Name).SelectMany(parent => _after.TryGetValue(parent, out var set) ? set : []));
            _before[step.Name] = before;
            _after[step.Name] = After(step, before);
            if (graph.Shape.Parents(step.Name).Contains(step.Name) && !step.IsJoin)
            {
                before.UnionWith(_after[step.Name]);
            }
        }
    }

    /// <summary>What may be there when the step starts; for a join, what its branches may have.</summary>
    public HashSet<string> Before(StepNode step) => _before[step.Name];

    /// <summary>What may be there when the step has ended.</summary>
    public HashSet<string> After(StepNode step) => _after[step.Name];

    /// <summary>What a join may have carried over when it reads an artifact.</summary>
    public bool IsThereFor(StepNode step, ArtifactUse read) =>
        step.IsJoin ? read.AfterMerge && Merged(step, Before(step)).Contains(read.Name) : Before(step).Contains(read.Name);

    /// <summary>The join at which an artifact was left behind on the way to a step, itself included; the nearest one.</summary>
    public StepNode? LostAt(StepNode step, string artifact)
    {
        var seen = new HashSet<string>();
        var open = new Queue<string>([step.Name]);
        while (open.Count > 0)
        {
            var name = open.Dequeue();
            if (!seen.Add(name) || _graph.Find(name) is not { } at)
            {
                continue;
            }

            if (at.IsJoin && Before(at).Contains(artifact) && (at.Name == step.Name || !After(at).Contains(artifact)))
            {
                return at;
            }

            foreach (var parent in _graph.Shape.Parents(name))
            {
                open.Enqueue(parent);
            }
        }

        return null;
    }

    private HashSet<string> After(StepNode step, HashSet<string> before)
    {
        if (step.Has(StepTraits.Opaque))
        {
            return _all;
        }

        var after = step.IsJoin ? Merged(step, before) : [.. before];
        after.UnionWith(step.Dataflow.Writes.Where(_all.Contains));
        foreach (var decorator in step.Decorators)
        {
            if (decorator.Name == "Catch" && decorator["Var"] is { } name)
            {
                after.Add(name);
            }
        }

        return after;
    }

    private static HashSet<string> Merged(StepNode join, HashSet<string> branches)
    {
        var merged = new HashSet<string>();
        foreach (var call in join.Dataflow.Merges)
        {
            merged.UnionWith(branches.Where(name => call.Names.Contains(name) == call.Includes));
        }

        return merged;
    }
}
