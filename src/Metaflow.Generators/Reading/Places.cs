using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Reading;

/// <summary>Places in source code.</summary>
internal static class Places
{
    public static SourceSpan Of(SyntaxNodeOrToken code) => code.GetLocation() is { } location ? Of(location) : default;

    public static SourceSpan Of(Location location)
    {
        if (!location.IsInSource)
        {
            return default;
        }

        var span = location.GetLineSpan();
        return new(
            span.Path,
            span.StartLinePosition.Line + 1, span.StartLinePosition.Character + 1,
            span.EndLinePosition.Line + 1, span.EndLinePosition.Character + 1);
    }

    /// <summary>Where a symbol is named in its declaration.</summary>
    public static SourceSpan Of(ISymbol symbol) =>
        symbol.Locations.Length > 0 ? Of(symbol.Locations[0]) : default;

    /// <summary>The declaration of a symbol with a body, or the first one.</summary>
    public static SyntaxNode? Declaration(ISymbol symbol)
    {
        var source = symbol switch
        {
            IMethodSymbol { PartialImplementationPart: { } part } => part,
            IPropertySymbol { PartialImplementationPart: { } part } => part,
            _ => symbol,
        };
        return source.DeclaringSyntaxReferences.Length > 0 ? source.DeclaringSyntaxReferences[0].GetSyntax() : null;
    }

    public static bool IsPartial(MemberDeclarationSyntax declaration) => declaration.Modifiers.Any(SyntaxKind.PartialKeyword);
}
