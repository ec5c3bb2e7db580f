using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Reading;

/// <summary>Types as text.</summary>
internal static class TypeText
{
    private static readonly SymbolDisplayFormat CodeFormat = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private static readonly SymbolDisplayFormat ScopeFormat = SymbolDisplayFormat.FullyQualifiedFormat
        .WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted);

    private static readonly SymbolDisplayFormat FullFormat = ScopeFormat
        .RemoveMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    // Nullability and tuple names are left out: they do not change what is stored.
    private static readonly SymbolDisplayFormat ShortFormat = new(
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes);

    /// <summary>As generated code spells it: <c>global::System.Collections.Generic.List&lt;string?&gt;</c>.</summary>
    public static string Code(ITypeSymbol type) => type.ToDisplayString(CodeFormat);

    /// <summary>As <c>typeof</c> takes it: without the nullability of the type itself.</summary>
    public static string TypeOf(ITypeSymbol type) =>
        Code(type.IsValueType ? type : type.WithNullableAnnotation(NullableAnnotation.NotAnnotated));

    /// <summary>A namespace as generated code spells it; empty for the global one.</summary>
    public static string Code(INamespaceSymbol? scope) =>
        scope is null or { IsGlobalNamespace: true } ? "" : scope.ToDisplayString(ScopeFormat);

    /// <summary>With its namespace: <c>Films.GenreFlow</c>.</summary>
    public static string Full(ITypeSymbol type) => type.ToDisplayString(FullFormat);

    /// <summary>Without namespaces: <c>List&lt;string&gt;</c>.</summary>
    public static string Short(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { IsTupleType: true, TupleUnderlyingType: { } tuple })
        {
            type = tuple;
        }

        return type.ToDisplayString(ShortFormat);
    }
}
