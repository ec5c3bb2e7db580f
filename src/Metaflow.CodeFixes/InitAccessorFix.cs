using System.Composition;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.CodeFixes;

/// <summary>Gives a parameter an <c>init</c> accessor.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(InitAccessorFix)), Shared]
public sealed class InitAccessorFix() : FlowCodeFixProvider("MF0070")
{
    private protected override Task<Fix?> FindAsync(FixRequest request, SyntaxNode node, CancellationToken cancellationToken)
    {
        var list = node.FirstAncestorOrSelf<PropertyDeclarationSyntax>()?.AccessorList;
        var fix = list is null ? null : request.Replace("Use an init accessor", list, WithInit(list));
        return Task.FromResult(fix);
    }

    private static AccessorListSyntax WithInit(AccessorListSyntax list)
    {
        var init = SyntaxFactory.AccessorDeclaration(SyntaxKind.InitAccessorDeclaration)
            .WithSemicolonToken(SyntaxFactory.Token(SyntaxKind.SemicolonToken));
        var set = list.Accessors.FirstOrDefault(accessor => accessor.IsKind(SyntaxKind.SetAccessorDeclaration));
        return set is null
            ? list.AddAccessors(init.WithTrailingTrivia(SyntaxFactory.Space))
            : list.ReplaceNode(set, init
                .WithBody(set.Body).WithExpressionBody(set.ExpressionBody).WithSemicolonToken(set.SemicolonToken)
                .WithTriviaFrom(set));
    }
}
