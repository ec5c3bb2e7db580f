using System.Linq;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Reading;

/// <summary>
/// Finds out which of the members with an artifact's name that a join reads are artifacts of a branch. The compiler is
/// asked only about those that no branch has, since only they would be reported.
/// </summary>
internal static class BranchReads
{
    public static FlowGraph Verify(FlowGraph graph, FlowMembers members, BodyContext context)
    {
        if (!graph.Steps.Any(step => step.Dataflow.BranchReads.Count > 0))
        {
            return graph;
        }

        var flow = new ArtifactFlow(graph);
        return graph with { Steps = graph.Steps.Select(step => Verify(step, flow, members, context)).ToEquatableArray() };
    }

    private static StepNode Verify(StepNode step, ArtifactFlow flow, FlowMembers members, BodyContext context)
    {
        var reads = step.Dataflow.BranchReads;
        if (reads.Count == 0)
        {
            return step;
        }

        var kept = !step.IsJoin ? [] : reads
            .Where(read => flow.Before(step).Contains(read.Name) || IsArtifact(step, read, members, context))
            .GroupBy(read => read.Name).Select(same => same.First()).ToEquatableArray();
        return step with { Dataflow = step.Dataflow with { BranchReads = kept } };
    }

    private static bool IsArtifact(StepNode step, ArtifactUse read, FlowMembers members, BodyContext context)
    {
        var method = members.Steps.Find(known => known.Method.Name == step.Name).Method;
        var declaration = method is null ? null : Places.Declaration(method);
        return declaration is not null && context.Model(declaration.SyntaxTree) is { } model
            && declaration.DescendantNodes().OfType<SimpleNameSyntax>()
                .Where(name => name.Identifier.ValueText == read.Name && Places.Of(name) == read.Location)
                .Any(name => model.GetSymbolInfo(name).Symbol is IPropertySymbol property && IsOfFlow(property, members));
    }

    private static bool IsOfFlow(IPropertySymbol property, FlowMembers members) => members.Lineage.Any(type =>
        SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, property.ContainingType.OriginalDefinition));
}
