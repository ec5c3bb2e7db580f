using System.Collections.Generic;
using System.Linq;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Reading;

/// <summary>Reads which artifacts the steps of a flow use. The methods that a step calls count as part of it.</summary>
internal sealed class DataflowReader(BodyContext context)
{
    private readonly Dictionary<string, BodyUses> _helpers = [];
    private readonly HashSet<string> _active = [];

    /// <summary>Reads a step.</summary>
    public (StepDataflow Flow, bool IsOpaque) Read(MethodText step)
    {
        var uses = BodyWalker.Walk(context, this, step);
        var flow = new StepDataflow
        {
            Reads = uses.Reads.Values.ToEquatableArray(),
            BranchReads = uses.BranchReads.ToEquatableArray(),
            Writes = uses.Writes.OrderBy(name => name, System.StringComparer.Ordinal).ToEquatableArray(),
            Merges = uses.Merges.ToEquatableArray(),
            Inputs = uses.Inputs.ToEquatableArray(),
            ParameterWrites = uses.ParameterWrites.ToEquatableArray(),
        };
        return (flow, uses.IsOpaque);
    }

    /// <summary>What the members with a name use, when a body calls or reads them.</summary>
    public BodyUses OfHelper(string name)
    {
        if (_helpers.TryGetValue(name, out var known))
        {
            return known;
        }

        // A helper that calls itself adds nothing to itself.
        if (!_active.Add(name))
        {
            return new();
        }

        var uses = Combine([.. Implementations(context.Members.Helpers[name]).Select(ReadHelper)]);
        _active.Remove(name);

        // What was found while a helper that calls this one is still being read may lack that helper's part.
        if (_active.Count == 0)
        {
            _helpers[name] = uses;
        }

        return uses;
    }

    private BodyUses ReadHelper(ISymbol helper)
    {
        if (helper.IsAbstract)
        {
            return new() { IsOpaque = true };
        }

        var declaration = Places.Declaration(helper);
        if (declaration is null)
        {
            // Its source is in another assembly.
            return new() { IsOpaque = !helper.IsStatic };
        }

        return BodyWalker.Walk(context, this, new MethodText(declaration));
    }

    /// <summary>The members without those that another one of them overrides.</summary>
    private static List<ISymbol> Implementations(List<ISymbol> members)
    {
        var overridden = members.Select(member => member switch
        {
            IMethodSymbol method => method.OverriddenMethod,
            IPropertySymbol property => (ISymbol?)property.OverriddenProperty,
            _ => null,
        }).Where(member => member is not null).ToList();
        return [.. members.Where(member => !overridden.Contains(member, SymbolEqualityComparer.Default))];
    }

    /// <summary>Which of several overloads is called is not looked up: all may write, and none surely reads.</summary>
    private static BodyUses Combine(List<BodyUses> overloads)
    {
        if (overloads.Count == 1)
        {
            return overloads[0];
        }

        var all = new BodyUses();
        foreach (var uses in overloads)
        {
            all.IsOpaque |= uses.IsOpaque;
            all.Writes.UnionWith(uses.Writes);
            all.Merges.AddRange(uses.Merges);
        }

        return all;
    }
}

/// <summary>What a body uses, while it is being read.</summary>
internal sealed class BodyUses
{
    public Dictionary<string, ArtifactUse> Reads { get; } = [];

    /// <summary>Members of other objects that have the name of an artifact.</summary>
    public List<ArtifactUse> BranchReads { get; } = [];

    public SortedSet<string> Writes { get; } = new(System.StringComparer.Ordinal);

    public List<ArtifactMergeCall> Merges { get; } = [];

    public List<InputUse> Inputs { get; } = [];

    public List<ArtifactUse> ParameterWrites { get; } = [];

    /// <summary>Whether the body hands the flow object to code that is not seen here.</summary>
    public bool IsOpaque { get; set; }
}
