using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Reading;

/// <summary>
/// What the readers of method bodies know of the flow. Bodies are read by their syntax and the names of the flow's
/// members; the compiler is only asked where that does not suffice, because binding every body on every key stroke would
/// be too slow.
/// </summary>
internal sealed class BodyContext(FlowMembers members, Compilation compilation)
{
    private readonly Dictionary<SyntaxTree, SemanticModel> _models = [];

    public FlowMembers Members { get; } = members;

    public HashSet<string> Steps { get; } = [.. members.Steps.Select(step => step.Method.Name)];

    public HashSet<string> Artifacts { get; } = [.. members.Artifacts.Select(artifact => artifact.Name)];

    /// <summary>What the dataflow follows: artifacts, and state that should be one.</summary>
    public HashSet<string> Tracked { get; } = [.. members.Artifacts.Select(artifact => artifact.Name), .. members.State];

    public HashSet<string> Parameters { get; } = [.. members.Parameters.Select(parameter => parameter.Property.Name)];

    /// <summary>Whether a name is a method of the flow that is no step.</summary>
    public bool IsOtherMethod(string name) => Members.Helpers.TryGetValue(name, out var found) && found.Any(m => m is IMethodSymbol);

    /// <summary>Whether a name is a member of the flow or of a class that it derives from.</summary>
    public bool IsMember(string name)
    {
        for (ITypeSymbol? type = Members.Flow; type is not null; type = type.BaseType)
        {
            if (!type.GetMembers(name).IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The compiler's view of a file; <see langword="null"/> if the file belongs to another project.</summary>
    public SemanticModel? Model(SyntaxTree tree)
    {
        if (!_models.TryGetValue(tree, out var model))
        {
            if (!compilation.ContainsSyntaxTree(tree))
            {
                return null;
            }

#pragma warning disable RS1030 // The model of a base class's file is not handed to us.
            _models[tree] = model = compilation.GetSemanticModel(tree);
#pragma warning restore RS1030
        }

        return model;
    }
}

/// <summary>Helpers for syntax.</summary>
internal static class Syntax
{
    /// <summary>The names that a body declares for itself; they hide the flow's members.</summary>
    public static HashSet<string> LocalNames(SyntaxNode declaration)
    {
        var names = new HashSet<string>();
        foreach (var node in declaration.DescendantNodes())
        {
            var name = node switch
            {
                VariableDeclaratorSyntax variable => variable.Identifier,
                SingleVariableDesignationSyntax designation => designation.Identifier,
                ParameterSyntax parameter => parameter.Identifier,
                ForEachStatementSyntax loop => loop.Identifier,
                LocalFunctionStatementSyntax function => function.Identifier,
                CatchDeclarationSyntax clause => clause.Identifier,
                FromClauseSyntax clause => clause.Identifier,
                LetClauseSyntax clause => clause.Identifier,
                JoinClauseSyntax clause => clause.Identifier,
                JoinIntoClauseSyntax clause => clause.Identifier,
                QueryContinuationSyntax clause => clause.Identifier,
                _ => default,
            };
            if (!name.IsKind(SyntaxKind.None))
            {
                names.Add(name.ValueText);
            }
        }

        return names;
    }

    /// <summary>The body of a method, accessor or property: a block or the expression after an arrow.</summary>
    public static SyntaxNode? Body(SyntaxNode? declaration) => declaration switch
    {
        BaseMethodDeclarationSyntax method => (SyntaxNode?)method.Body ?? method.ExpressionBody?.Expression,
        PropertyDeclarationSyntax property => (SyntaxNode?)property.ExpressionBody?.Expression ?? property.AccessorList,
        _ => null,
    };

    /// <summary>The name that an expression calls or reads on the flow object itself, be it bare or after this or base.</summary>
    public static SimpleNameSyntax? OwnName(ExpressionSyntax expression) => expression switch
    {
        SimpleNameSyntax name => name,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or BaseExpressionSyntax, Name: var name } => name,
        _ => null,
    };

    public static ExpressionSyntax Unwrap(ExpressionSyntax expression)
    {
        while (true)
        {
            switch (expression)
            {
                case ParenthesizedExpressionSyntax inner:
                    expression = inner.Expression;
                    break;
                case CastExpressionSyntax cast:
                    expression = cast.Expression;
                    break;
                case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } bang:
                    expression = bang.Operand;
                    break;
                default:
                    return expression;
            }
        }
    }
}
