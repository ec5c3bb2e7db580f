using System.Composition;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.CodeFixes;

/// <summary>Names the step that was probably meant.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TargetNameFix)), Shared]
public sealed class TargetNameFix() : FlowCodeFixProvider("MF0032")
{
    private protected override Task<Fix?> FindAsync(FixRequest request, SyntaxNode node, CancellationToken cancellationToken)
    {
        var name = node is MemberAccessExpressionSyntax member ? member.Name : node as SimpleNameSyntax;
        return Task.FromResult(request.Subject is { } meant && name is not null
            ? request.Replace($"Lead to '{meant}'", name, SyntaxFactory.IdentifierName(meant).WithTriviaFrom(name))
            : null);
    }
}
