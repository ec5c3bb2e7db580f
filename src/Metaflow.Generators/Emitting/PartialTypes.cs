using System.Collections.Generic;
using System.Linq;
using Metaflow.Generators.Reading;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Emitting;

/// <summary>Describes how another part of a type is declared.</summary>
internal static class PartialTypes
{
    public static PartialType Of(INamedTypeSymbol type)
    {
        var around = Around(type);
        var names = around.Append(type).Select(t => t.MetadataName.Replace('`', '-'));
        var scope = TypeText.Code(type.ContainingNamespace);
        return new(
            (scope.Length > 0 ? scope.Replace("@", "") + "." : "") + string.Join(".", names),
            scope,
            around.Select(t => new ContainerModel(Declaration(t), TypeText.Code(t))).ToEquatableArray(),
            Declaration(type));
    }

    /// <summary>Whether any code of the assembly can name the type.</summary>
    public static bool IsVisible(INamedTypeSymbol type) => Around(type).Append(type).All(t => t.DeclaredAccessibility
        is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal);

    private static List<INamedTypeSymbol> Around(INamedTypeSymbol type)
    {
        var around = new List<INamedTypeSymbol>();
        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            around.Insert(0, outer);
        }

        return around;
    }

    private static string Declaration(INamedTypeSymbol type)
    {
        var keyword = type switch
        {
            { TypeKind: TypeKind.Interface } => "interface",
            { IsRecord: true, IsValueType: true } => "record struct",
            { IsRecord: true } => "record",
            { IsValueType: true } => "struct",
            _ => "class",
        };
        var parameters = type.TypeParameters.Length > 0
            ? $"<{string.Join(", ", type.TypeParameters.Select(parameter => parameter.Name))}>"
            : "";
        return $"partial {keyword} {AttributeText.Identifier(type.Name)}{parameters}";
    }
}
