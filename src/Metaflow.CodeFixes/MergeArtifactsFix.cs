using System.Composition;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace Metaflow.CodeFixes;

/// <summary>Carries an artifact over the join at which it is lost.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MergeArtifactsFix)), Shared]
public sealed class MergeArtifactsFix() : FlowCodeFixProvider("MF0051")
{
    private protected override async Task<Fix?> FindAsync(FixRequest request, SyntaxNode node, CancellationToken cancellationToken)
    {
        var model = await request.Document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        var declaration = node.FirstAncestorOrSelf<ClassDeclarationSyntax>();
        var flow = declaration is null ? null : model?.GetDeclaredSymbol(declaration, cancellationToken) as INamedTypeSymbol;
        var join = flow?.GetMembers(request.Join ?? "").OfType<IMethodSymbol>().FirstOrDefault();
        var reference = join?.DeclaringSyntaxReferences.FirstOrDefault();
        var document = reference is null ? null : request.Document.Project.GetDocument(reference.SyntaxTree);
        return request.Subject is not { } artifact || document is null
            ? null
            : new($"Carry '{artifact}' over in '{join!.Name}'", cancel => ApplyAsync(document, reference!, artifact, cancel));
    }

    private static async Task<Document> ApplyAsync(
        Document document, SyntaxReference reference, string artifact, CancellationToken cancellationToken)
    {
        var root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        var method = (MethodDeclarationSyntax)await reference.GetSyntaxAsync(cancellationToken).ConfigureAwait(false);
        var inputs = method.ParameterList.Parameters[0].Identifier.Text;
        var merge = SyntaxFactory.ParseStatement($"MergeArtifacts({inputs}, include: [nameof({artifact})]);\n");
        var body = method.Body is { } block
            ? block.WithStatements(block.Statements.Insert(0, merge))
            : SyntaxFactory.Block(merge, SyntaxFactory.ReturnStatement(method.ExpressionBody!.Expression));
        var changed = method.WithExpressionBody(null).WithSemicolonToken(default)
            .WithBody(body.WithAdditionalAnnotations(Formatter.Annotation))
            .WithTrailingTrivia(method.GetTrailingTrivia());
        return document.WithSyntaxRoot(root!.ReplaceNode(method, changed));
    }
}
