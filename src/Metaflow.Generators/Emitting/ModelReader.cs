using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Metaflow.Generators.Reading;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Emitting;

/// <summary>Turns the symbols of a flow class into the models that code is written from.</summary>
internal sealed class ModelReader
{
    private readonly FlowMembers _members;
    private readonly Compilation _compilation;
    private readonly AccessorList _accessors;
    private readonly string _type;

    private ModelReader(FlowMembers members, Compilation compilation)
    {
        _members = members;
        _compilation = compilation;
        _accessors = new(compilation, members.Flow);
        _type = TypeText.Code(members.Flow);
    }

    /// <summary>Reads a flow class; <see langword="null"/> if no part can be added to it.</summary>
    public static (FlowModel Flow, ArtifactsModel Artifacts)? Read(
        INamedTypeSymbol flow, Compilation compilation, CancellationToken cancellationToken)
    {
        var members = new FlowMembers(flow);
        var graph = FlowReader.Read(members, compilation, cancellationToken);
        return graph.Has(FlowTraits.NotPartial) || graph.Has(FlowTraits.ContainerNotPartial) || graph.Has(FlowTraits.FileLocal)
            ? null
            : new ModelReader(members, compilation).Read(graph);
    }

    private (FlowModel Flow, ArtifactsModel Artifacts) Read(FlowGraph graph)
    {
        var flow = _members.Flow;
        var type = PartialTypes.Of(flow);
        var own = _members.Artifacts.Where(p => Same(p.ContainingType, flow) && p.IsPartialDefinition && !p.IsStatic);
        var artifacts = new ArtifactsModel(type, own.Select(ArtifactPropertyOf).ToEquatableArray());
        var model = new FlowModel { Type = type, Graph = graph, CodeType = _type };
        if (flow.IsAbstract || graph.Has(FlowTraits.Generic) || graph.Has(FlowTraits.HiddenConstructor))
        {
            return (model, artifacts);
        }

        return (
            model with
            {
                IsRunnable = true,
                NeedsServices = flow.InstanceConstructors.All(constructor => constructor.Parameters.Length > 0),
                IsVisible = PartialTypes.IsVisible(flow),
                Steps = _members.Steps.Where(IsCallable).Select(StepOf).ToEquatableArray(),
                Artifacts = _members.Artifacts.Where(p => !p.IsStatic)
                    .Select(p => new NamedExpression(p.Name, $"typeof({TypeText.TypeOf(p.Type)})")).ToEquatableArray(),
                Parameters = _members.Parameters
                    .Where(p => p.Property is { IsStatic: false, GetMethod: not null, SetMethod: not null })
                    .Select(p => ParameterOf(p.Property, p.Attribute)).ToEquatableArray(),
                Constants = _members.Constants.Where(IsAccessible)
                    .Select(f => new NamedExpression(f.Name, $"{TypeText.Code(f.ContainingType)}.{AttributeText.Identifier(f.Name)}"))
                    .ToEquatableArray(),
                Attributes = FlowAttributes().ToEquatableArray(),
                Accessors = _accessors.Declarations.ToEquatableArray(),
            },
            artifacts);
    }

    private static ArtifactProperty ArtifactPropertyOf(IPropertySymbol property)
    {
        var declaration = (PropertyDeclarationSyntax)property.DeclaringSyntaxReferences[0].GetSyntax();
        var type = TypeText.Code(property.Type);
        return new(
            property.Name,
            $"{declaration.Modifiers.ToString()} {type} {AttributeText.Identifier(property.Name)}",
            Accessor(SyntaxKind.GetAccessorDeclaration),
            Accessor(SyntaxKind.SetAccessorDeclaration) + Accessor(SyntaxKind.InitAccessorDeclaration),
            type);

        string Accessor(SyntaxKind kind) =>
            declaration.AccessorList?.Accessors.FirstOrDefault(accessor => accessor.IsKind(kind)) is { } found
                ? $"{found.Modifiers} {found.Keyword}".Trim()
                : "";
    }

    private bool IsCallable(StepSymbol step)
    {
        var signature = StepSignature.Of(step.Method, _members);
        return step.Method is { IsStatic: false, IsGenericMethod: false }
            && signature.Returns != StepReturn.Other && signature.Takes != StepInput.Other
            && IsAccessible(step.Method)
            && Same(_members.Steps.First(other => other.Method.Name == step.Method.Name).Method, step.Method);
    }

    private StepModel StepOf(StepSymbol step)
    {
        var method = step.Method;
        var signature = StepSignature.Of(method, _members);
        var argument = signature.Takes switch
        {
            StepInput.Item => $"arguments.Item<{TypeText.Code(method.Parameters[0].Type)}>()",
            StepInput.Join => $"arguments.Inputs<{TypeText.Code(((INamedTypeSymbol)method.Parameters[0].Type).TypeArguments[0])}>()",
            _ => "",
        };
        var call = $"(({_type})flow).{AttributeText.Identifier(method.Name)}({argument})";
        var isTask = Known.IsTask(method.ReturnType);
        var invoker = (signature.Returns, isTask) switch
        {
            (StepReturn.Transition, true) when method.ReturnType.Name == "ValueTask" => $"static (flow, arguments) => {call}",
            (StepReturn.Transition, _) => $"static (flow, arguments) => new({call})",
            (_, true) => $"static async (flow, arguments) => {{ await {call}.ConfigureAwait(false); return null; }}",
            _ => $"static (flow, arguments) => {{ {call}; return default; }}",
        };
        var decorators = StepReader.Decorators(method).Where(d => IsAccessible(d.AttributeClass!)).Select(AttributeText.Creation).OfType<string>();
        return new(method.Name, invoker, decorators.ToEquatableArray());
    }

    private ParameterModel ParameterOf(IPropertySymbol property, AttributeData attribute)
    {
        var name = AttributeText.Identifier(property.Name);
        var from = attribute.NamedArguments.FirstOrDefault(pair => pair.Key == "DefaultFrom").Value.Value as string;
        var method = from is null ? null : MemberReader.DefaultMethod(property, from, _members);
        return new()
        {
            Name = property.Name,
            CodeType = TypeText.Code(property.Type),
            Getter = IsAccessible(property.GetMethod!)
                ? $"static flow => (({_type})flow).{name}"
                : $"static flow => {_accessors.Getter(property)}(({_type})flow)",
            Setter = $"static (flow, value) => {_accessors.Setter(property)}(({_type})flow, value)",
            Default = method is null
                ? from is not null && property.DeclaringSyntaxReferences.IsEmpty ? $"static context => {_accessors.HiddenDefault(property, from)}(null!, context)" : null
                : IsAccessible(method) ? $"static context => {TypeText.Code(method.ContainingType)}.{AttributeText.Identifier(method.Name)}(context)"
                : $"static context => {_accessors.StaticMethod(method)}(null!, context)",
            Attribute = AttributeText.Creation(attribute) ?? "new global::Metaflow.ParameterAttribute()",
            IsRequired = property.IsRequired,
            IsNullable = property.NullableAnnotation == NullableAnnotation.Annotated
                || property.Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T,
            Initializer = MemberReader.Initializer(property, _members),
        };
    }

    /// <summary>The attributes that configure the flow: not those for the compiler and the platform.</summary>
    private IEnumerable<string> FlowAttributes() =>
        AttributeText.WithInherited(Enumerable.Reverse(_members.Lineage))
            .Where(attribute => !Known.IsFlowGraph(attribute) && !IsPlatform(attribute.AttributeClass!) && IsAccessible(attribute.AttributeClass!))
            .Select(AttributeText.Creation).OfType<string>();

    private static bool IsPlatform(INamedTypeSymbol type)
    {
        var scope = type.ContainingNamespace;
        while (scope is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
        {
            scope = scope.ContainingNamespace;
        }

        return scope.Name is "System" or "Microsoft" or "JetBrains";
    }

    private bool IsAccessible(ISymbol symbol) => _compilation.IsSymbolAccessibleWithin(symbol, _members.Flow, _members.Flow);

    private static bool Same(ISymbol a, ISymbol b) => SymbolEqualityComparer.Default.Equals(a, b);
}
