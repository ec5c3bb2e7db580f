using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Reading;

/// <summary>Reads the graph of a flow class.</summary>
internal static class FlowReader
{
    /// <summary>Whether this is the declaration, among the parts of a flow class, that is read for all of them.</summary>
    public static bool IsFlow(ClassDeclarationSyntax declaration, INamedTypeSymbol? type) =>
        type is not null && Known.IsFlow(type) && IsFirst(declaration, type);

    /// <summary>Whether a class only borrows from flows, as a test double does: it is not held to their rules.</summary>
    public static bool IsBare(INamedTypeSymbol type) => !IsPartial(type);

    /// <summary>Reads the graph.</summary>
    public static FlowGraph Read(FlowMembers members, Compilation compilation, CancellationToken cancellationToken)
    {
        var flow = members.Flow;
        var context = new BodyContext(members, compilation);
        var reader = new StepReader(members, context);
        var steps = members.Steps.Select(step =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return reader.Read(step);
        }).ToEquatableArray();
        var graph = new FlowGraph
        {
            Name = flow.Name,
            TypeName = TypeText.Full(flow),
            Doc = DocText.Of(flow),
            Location = Places.Of(flow),
            Traits = Traits(flow) | (reader.MissesBase ? FlowTraits.UnknownBase : FlowTraits.None),
            Steps = [.. HiddenSteps(members), .. steps],
            Artifacts = members.Artifacts.Select(artifact => MemberReader.Artifact(artifact, members)).ToEquatableArray(),
            Parameters =
            [
                .. HiddenParameters(members),
                .. members.Parameters.Select(p => MemberReader.Parameter(p.Property, p.Attribute, members)),
            ],
        }.WithKinds();
        return BranchReads.Verify(graph, members, context);
    }

    /// <summary>Steps of base classes that the compiler does not show us: private or internal ones of another assembly.</summary>
    private static IEnumerable<StepNode> HiddenSteps(FlowMembers members) =>
        members.InheritedGraphs.SelectMany(graph => graph.Steps)
            .Where(step => !members.Steps.Any(known => known.Method.Name == step.Name))
            .Select(step => step with { Traits = step.Traits | StepTraits.Hidden });

    private static IEnumerable<ParameterNode> HiddenParameters(FlowMembers members) =>
        members.InheritedGraphs.SelectMany(graph => graph.Parameters)
            .Where(parameter => !members.Parameters.Any(known => known.Property.Name == parameter.Name))
            .Select(parameter => parameter with { Traits = parameter.Traits | ParameterTraits.Hidden | ParameterTraits.Inherited });

    private static FlowTraits Traits(INamedTypeSymbol flow)
    {
        var traits = FlowTraits.None;
        Add(flow.IsAbstract, FlowTraits.Abstract);
        Add(flow.IsFileLocal, FlowTraits.FileLocal);
        Add(!IsPartial(flow), FlowTraits.NotPartial);
        Add(!flow.InstanceConstructors.Any(c => c.Parameters.Length == 0 || c.DeclaredAccessibility == Accessibility.Public), FlowTraits.HiddenConstructor);
        for (var type = flow; type is not null; type = type.ContainingType)
        {
            Add(type.IsGenericType, FlowTraits.Generic);
            Add(!Same(type, flow) && !IsPartial(type), FlowTraits.ContainerNotPartial);
        }

        return traits;

        void Add(bool holds, FlowTraits trait) => traits |= holds ? trait : FlowTraits.None;
    }

    private static bool IsPartial(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.Any(reference =>
            reference.GetSyntax() is MemberDeclarationSyntax declaration && Places.IsPartial(declaration));

    private static bool IsFirst(ClassDeclarationSyntax declaration, INamedTypeSymbol type)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (reference.SyntaxTree == declaration.SyntaxTree && reference.Span == declaration.Span)
            {
                return true;
            }

            if (reference.GetSyntax() is ClassDeclarationSyntax { BaseList: not null })
            {
                return false;
            }
        }

        return false;
    }

    private static bool Same(ISymbol a, ISymbol b) => SymbolEqualityComparer.Default.Equals(a, b);
}
