using System;
using System.Collections.Generic;
using System.Linq;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Reading;

/// <summary>The members of a flow class and its base classes that mean something, base classes first.</summary>
internal sealed class FlowMembers
{
    private readonly Dictionary<string, FlowGraph?> _inherited = [];

    public FlowMembers(INamedTypeSymbol flow)
    {
        Flow = flow;
        Lineage = Known.Lineage(flow);
        foreach (var type in Lineage)
        {
            foreach (var member in type.GetMembers())
            {
                Add(member);
            }
        }
    }

    public INamedTypeSymbol Flow { get; }

    public List<INamedTypeSymbol> Lineage { get; }

    public List<StepSymbol> Steps { get; } = [];

    public List<IPropertySymbol> Artifacts { get; } = [];

    public List<(IPropertySymbol Property, AttributeData Attribute)> Parameters { get; } = [];

    public List<IFieldSymbol> Constants { get; } = [];

    /// <summary>Fields and ordinary properties that can be set: they live as long as one task.</summary>
    public HashSet<string> State { get; } = [];

    /// <summary>Methods that are no steps and properties with code, by name: what a step's body may call.</summary>
    public Dictionary<string, List<ISymbol>> Helpers { get; } = [];

    /// <summary>The graph of the nearest base class whose source is elsewhere, which tells of those above it too.</summary>
    public IEnumerable<FlowGraph> InheritedGraphs =>
        Enumerable.Reverse(Lineage).FirstOrDefault(type => type.DeclaringSyntaxReferences.IsEmpty) is { } type
        && InheritedGraph(type) is { } graph ? [graph] : [];

    /// <summary>The graph of a base class whose source is elsewhere; <see langword="null"/> if it carries none.</summary>
    public FlowGraph? InheritedGraph(INamedTypeSymbol type)
    {
        var name = TypeText.Full(type.OriginalDefinition);
        if (!_inherited.TryGetValue(name, out var graph))
        {
            _inherited[name] = graph = ReadGraph(type);
        }

        return graph;
    }

    private static FlowGraph? ReadGraph(INamedTypeSymbol type)
    {
        var text = type.GetAttributes().FirstOrDefault(Known.IsFlowGraph)?.ConstructorArguments.FirstOrDefault().Value as string;
        try
        {
            return text is null ? null : FlowGraph.Parse(text);
        }
        catch (FormatException)
        {
            // Built by another version of the generator: the same as built without one, which a rule reports.
            return null;
        }
    }

    private void Add(ISymbol member)
    {
        switch (member)
        {
            case IMethodSymbol { MethodKind: MethodKind.Ordinary } method:
                AddMethod(method);
                break;
            case IPropertySymbol property:
                AddProperty(property);
                break;
            case IFieldSymbol field when ConstantFields.Includes(field, Flow):
                Constants.Add(field);
                break;
            case IFieldSymbol { IsStatic: false, IsReadOnly: false, IsImplicitlyDeclared: false } field:
                State.Add(field.Name);
                break;
        }
    }

    private void AddMethod(IMethodSymbol method)
    {
        var overridden = method.OverriddenMethod is { } original
            ? Steps.FindIndex(step => SymbolEqualityComparer.Default.Equals(step.Method, original))
            : -1;
        var attribute = method.GetAttributes().FirstOrDefault(Known.IsStep);
        if (overridden >= 0)
        {
            Steps[overridden] = new(method, attribute ?? Steps[overridden].Attribute);
        }
        else if (attribute is not null)
        {
            Steps.Add(new(method, attribute));
        }
        else
        {
            AddHelper(method.Name, method);
        }
    }

    private void AddProperty(IPropertySymbol property)
    {
        var attributes = property.GetAttributes();
        var parameter = attributes.FirstOrDefault(Known.IsParameter);
        if (attributes.Any(Known.IsArtifact))
        {
            Replace(Artifacts, property, p => p);
        }

        if (parameter is not null)
        {
            Replace(Parameters, (property, parameter), p => p.Item1);
        }
        else if (!attributes.Any(Known.IsArtifact))
        {
            if (property is { IsStatic: false, IsIndexer: false, SetMethod.IsInitOnly: false } && IsAuto(property))
            {
                State.Add(property.Name);
            }
            else
            {
                AddHelper(property.Name, property);
            }
        }
    }

    private static bool IsAuto(IPropertySymbol property) =>
        Places.Declaration(property) is PropertyDeclarationSyntax { AccessorList: { } accessors }
        && accessors.Accessors.All(accessor => accessor is { Body: null, ExpressionBody: null });

    private void AddHelper(string name, ISymbol member)
    {
        if (!Helpers.TryGetValue(name, out var members))
        {
            Helpers.Add(name, members = []);
        }

        members.Add(member);
    }

    /// <summary>Adds a property in the place of the one with its name in a base class, if there is one.</summary>
    private static void Replace<T>(List<T> list, T item, Func<T, IPropertySymbol> property)
    {
        var index = list.FindIndex(other => property(other).Name == property(item).Name);
        if (index >= 0)
        {
            list[index] = item;
        }
        else
        {
            list.Add(item);
        }
    }
}

/// <summary>A step: its most derived method and the attribute that marks it or the method that it overrides.</summary>
internal readonly record struct StepSymbol(IMethodSymbol Method, AttributeData Attribute);
