using System.Composition;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.CodeFixes;

/// <summary>Sorts the items of a foreach.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(OrderItemsFix)), Shared]
public sealed class OrderItemsFix() : FlowCodeFixProvider("MF0039")
{
    private protected override async Task<Fix?> FindAsync(FixRequest request, SyntaxNode node, CancellationToken cancellationToken)
    {
        if (node.FirstAncestorOrSelf<ExpressionSyntax>() is not { } items
            || await request.Document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model)
        {
            return null;
        }

        var isSimple = items is SimpleNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax
            or ElementAccessExpressionSyntax or BaseObjectCreationExpressionSyntax;
        var receiver = isSimple ? items.WithoutTrivia() : SyntaxFactory.ParenthesizedExpression(items.WithoutTrivia());
        var sort = IsOfPairs(model.GetTypeInfo(items, cancellationToken).Type) ? "OrderBy(pair => pair.Key)" : "Order()";
        var sorted = SyntaxFactory.ParseExpression($"{receiver.ToFullString()}.{sort}").WithTriviaFrom(items);
        var root = request.Root.ReplaceNode(items, sorted);
        var needsLinq = !model.LookupNamespacesAndTypes(items.SpanStart, name: "Enumerable")
            .Any(type => type.ContainingNamespace.ToDisplayString() == "System.Linq");
        if (needsLinq && root is CompilationUnitSyntax unit)
        {
            root = unit.AddUsings(SyntaxFactory.UsingDirective(SyntaxFactory.ParseName("System.Linq")).NormalizeWhitespace()
                .WithTrailingTrivia(SyntaxFactory.EndOfLine("\n")));
        }

        return new("Sort the items", _ => Task.FromResult(request.Document.WithSyntaxRoot(root)));
    }

    /// <summary>Pairs of a dictionary have no order of their own, but their keys mostly do.</summary>
    private static bool IsOfPairs(ITypeSymbol? type) =>
        type is not null && type.AllInterfaces.Any(i =>
            i.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T
            && i.TypeArguments[0].Name == "KeyValuePair");
}
