using System.Collections.Generic;
using System.Linq;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Reading;

/// <summary>Turns the artifacts and parameters of a flow into nodes of its graph.</summary>
internal static class MemberReader
{
    public static ArtifactNode Artifact(IPropertySymbol property, FlowMembers members)
    {
        var traits = ArtifactTraits.None;
        Add(property.IsStatic, ArtifactTraits.Static);
        Add(IsInherited(property, members), ArtifactTraits.Inherited);
        Add(property.SetMethod is null, ArtifactTraits.NoSetter);
        Add(property.SetMethod is { IsInitOnly: true }, ArtifactTraits.InitOnly);
        Add(HidesMember(property, members), ArtifactTraits.HidesMember);
        Add(!property.IsPartialDefinition && !property.IsAbstract && IsSource(property), ArtifactTraits.NotPartial);
        return new(property.Name, TypeText.Short(property.Type))
        {
            Traits = traits,
            Unstorable = UnstorableTypes.Why(property.Type),
            Location = Places.Of(property),
        };

        void Add(bool holds, ArtifactTraits trait) => traits |= holds ? trait : ArtifactTraits.None;
    }

    public static ParameterNode Parameter(IPropertySymbol property, AttributeData attribute, FlowMembers members)
    {
        var given = attribute.NamedArguments.ToDictionary(pair => pair.Key, pair => pair.Value.Value);
        var defaultFrom = given.TryGetValue("DefaultFrom", out var method) ? method as string : null;
        var traits = ParameterTraits.None;
        Add(property.SetMethod is null, ParameterTraits.NoSetter);
        Add(IsInherited(property, members), ParameterTraits.Inherited);
        Add(property.GetMethod is null, ParameterTraits.NoGetter);
        Add(property.SetMethod is { IsInitOnly: false }, ParameterTraits.Settable);
        Add(property.IsStatic, ParameterTraits.Static);
        Add(IsList(property.Type), ParameterTraits.List);
        Add(property.IsRequired || (given.TryGetValue("Required", out var required) && required is true), ParameterTraits.Required);
        Add(property.GetAttributes().Any(Known.IsArtifact), ParameterTraits.AlsoArtifact);
        if (defaultFrom is not null && DefaultMethod(property, defaultFrom, members) is null)
        {
            traits |= members.Lineage.Any(type => type.GetMembers(defaultFrom).Any(m => m is IMethodSymbol { IsStatic: true }))
                ? ParameterTraits.DefaultMismatch
                : ParameterTraits.DefaultMissing;
        }

        return new(property.Name, Option(property, given), TypeText.Short(property.Type))
        {
            Traits = traits,
            Separator = given.TryGetValue("Separator", out var separator) ? separator as string : null,
            DefaultFrom = defaultFrom,
            Initializer = Initializer(property, members),
            Location = Places.Of(property),
        };

        void Add(bool holds, ParameterTraits trait) => traits |= holds ? trait : ParameterTraits.None;
    }

    /// <summary>The method that computes a parameter's default; <see langword="null"/> if none fits.</summary>
    public static IMethodSymbol? DefaultMethod(IPropertySymbol property, string name, FlowMembers members) =>
        Enumerable.Reverse(members.Lineage).SelectMany(type => type.GetMembers(name)).OfType<IMethodSymbol>().FirstOrDefault(method =>
            method is { IsStatic: true, IsGenericMethod: false, Parameters.Length: 1 }
            && Known.IsParameterContext(method.Parameters[0].Type)
            && SymbolEqualityComparer.Default.Equals(method.ReturnType, property.Type));

    /// <summary>A property's initialiser as written, also when its source is elsewhere.</summary>
    public static string? Initializer(IPropertySymbol property, FlowMembers members) =>
        Places.Declaration(property) is PropertyDeclarationSyntax declaration
            ? declaration.Initializer?.Value.ToString()
            : members.InheritedGraph(property.ContainingType)?.Parameters.FirstOrDefault(p => p.Name == property.Name)?.Initializer;

    private static string Option(IPropertySymbol property, Dictionary<string, object?> given) =>
        given.TryGetValue("Name", out var name) && name is string { Length: > 0 } text ? text : Naming.ToKebabCase(property.Name);

    private static bool IsList(ITypeSymbol type) =>
        type is IArrayTypeSymbol
        || (type.SpecialType != SpecialType.System_String
            && type.AllInterfaces.Concat(type is INamedTypeSymbol self ? [self] : [])
                .Any(i => i.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T));

    private static bool HidesMember(IPropertySymbol property, FlowMembers members)
    {
        for (var type = members.Lineage[0].BaseType; type is not null; type = type.BaseType)
        {
            if (type.GetMembers(property.Name).Any(member => member.DeclaredAccessibility != Accessibility.Private))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsInherited(ISymbol member, FlowMembers members) =>
        !SymbolEqualityComparer.Default.Equals(member.ContainingType, members.Flow);

    private static bool IsSource(ISymbol symbol) => symbol.DeclaringSyntaxReferences.Length > 0;
}
