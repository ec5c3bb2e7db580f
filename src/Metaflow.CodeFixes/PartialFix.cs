using System.Composition;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.CodeFixes;

/// <summary>Makes a flow class, the types around it, or an artifact partial.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PartialFix)), Shared]
public sealed class PartialFix() : FlowCodeFixProvider("MF0001", "MF0002", "MF0060")
{
    private protected override Task<Fix?> FindAsync(FixRequest request, SyntaxNode node, CancellationToken cancellationToken)
    {
        Fix? fix = null;
        if (request.Id == "MF0060" && node.FirstAncestorOrSelf<PropertyDeclarationSyntax>() is { } property)
        {
            fix = request.Replace($"Make '{property.Identifier.ValueText}' partial", property, MakeArtifact(property));
        }
        else if (node.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } type)
        {
            var outermost = type.AncestorsAndSelf().OfType<TypeDeclarationSyntax>().Last();
            fix = request.Id == "MF0001"
                ? request.Replace($"Make '{type.Identifier.ValueText}' partial", type, AddPartial(type))
                : request.Replace("Make the types around it partial", outermost, MakeAllPartial(outermost, type));
        }

        return Task.FromResult(fix);
    }

    private static TypeDeclarationSyntax MakeAllPartial(TypeDeclarationSyntax outermost, TypeDeclarationSyntax flow)
    {
        var around = flow.Ancestors().OfType<TypeDeclarationSyntax>();
        return outermost.ReplaceNodes(around, (_, now) => AddPartial(now));
    }

    private static TypeDeclarationSyntax AddPartial(TypeDeclarationSyntax type)
    {
        if (type.Modifiers.Any(SyntaxKind.PartialKeyword))
        {
            return type;
        }

        if (type.Modifiers.Count > 0)
        {
            return (TypeDeclarationSyntax)type.AddModifiers(Partial);
        }

        // The comment before the keyword belongs before the modifier.
        var keyword = type.Keyword;
        return (TypeDeclarationSyntax)type.WithKeyword(keyword.WithLeadingTrivia())
            .AddModifiers(Partial.WithLeadingTrivia(keyword.LeadingTrivia));
    }

    private static PropertyDeclarationSyntax MakeArtifact(PropertyDeclarationSyntax property)
    {
        var accessors = SyntaxFactory.AccessorList(SyntaxFactory.List(
        [
            Accessor(SyntaxKind.GetAccessorDeclaration).WithTrailingTrivia(SyntaxFactory.Space),
            Accessor(SyntaxKind.SetAccessorDeclaration).WithTrailingTrivia(SyntaxFactory.Space),
        ])).WithOpenBraceToken(SyntaxFactory.Token(SyntaxKind.OpenBraceToken).WithTrailingTrivia(SyntaxFactory.Space));
        var type = property.Type;
        var isFirst = property.Modifiers.Count == 0;
        return property
            .WithType(isFirst ? type.WithLeadingTrivia() : type)
            .AddModifiers(isFirst ? Partial.WithLeadingTrivia(type.GetLeadingTrivia()) : Partial)
            .WithIdentifier(property.Identifier.WithTrailingTrivia(SyntaxFactory.Space))
            .WithExpressionBody(null).WithInitializer(null).WithSemicolonToken(default)
            .WithAccessorList(accessors)
            .WithTrailingTrivia(property.GetTrailingTrivia());
    }

    private static AccessorDeclarationSyntax Accessor(SyntaxKind kind) =>
        SyntaxFactory.AccessorDeclaration(kind).WithSemicolonToken(SyntaxFactory.Token(SyntaxKind.SemicolonToken));

    private static SyntaxToken Partial => SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
}
