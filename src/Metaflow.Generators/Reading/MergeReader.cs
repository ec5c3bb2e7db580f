using System.Collections.Generic;
using System.Linq;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Reading;

/// <summary>Reads what a call of <c>MergeArtifacts</c> carries over.</summary>
internal static class MergeReader
{
    private static readonly ArtifactMergeCall Everything = new(Includes: false, []);

    public static ArtifactMergeCall Read(InvocationExpressionSyntax call)
    {
        var arguments = call.ArgumentList.Arguments;
        for (var i = 1; i < arguments.Count; i++)
        {
            var name = arguments[i].NameColon?.Name.Identifier.ValueText ?? (i == 1 ? "include" : "exclude");
            if (name is "include" or "exclude" && !arguments[i].Expression.IsKind(SyntaxKind.NullLiteralExpression))
            {
                // Names that are computed may be any: then everything may be carried over.
                return Names(arguments[i].Expression) is { } names ? new(name == "include", names.ToEquatableArray()) : Everything;
            }
        }

        return Everything;
    }

    private static List<string>? Names(ExpressionSyntax list)
    {
        var items = Syntax.Unwrap(list) switch
        {
            CollectionExpressionSyntax collection => collection.Elements.Select(e => (e as ExpressionElementSyntax)?.Expression),
            ImplicitArrayCreationExpressionSyntax array => array.Initializer.Expressions,
            ArrayCreationExpressionSyntax { Initializer: { } initializer } => initializer.Expressions,
            BaseObjectCreationExpressionSyntax { Initializer: { } initializer } => initializer.Expressions,
            _ => (IEnumerable<ExpressionSyntax?>?)null,
        };
        var names = items?.Select(Name).ToList();
        return names is null || names.Contains(null) ? null : [.. names.OfType<string>()];
    }

    private static string? Name(ExpressionSyntax? item) => item switch
    {
        LiteralExpressionSyntax literal => literal.Token.Value as string,
        InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } } call
            when call.ArgumentList.Arguments is { Count: 1 } arguments => arguments[0].Expression switch
            {
                SimpleNameSyntax simple => simple.Identifier.ValueText,
                MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText,
                _ => null,
            },
        _ => null,
    };
}
