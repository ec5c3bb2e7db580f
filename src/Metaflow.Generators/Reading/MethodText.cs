using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Reading;

/// <summary>What one look at the syntax of a method, or of a property with code, tells.</summary>
internal sealed class MethodText
{
    public MethodText(SyntaxNode declaration)
    {
        Declaration = declaration;
        Collect(declaration, isNested: false);
    }

    public SyntaxNode Declaration { get; }

    /// <summary>The names that it declares for itself; they hide the flow's members.</summary>
    public HashSet<string> Locals { get; } = [];

    /// <summary>The variables that it declares, by name; one that is declared twice has no value.</summary>
    public Dictionary<string, VariableDeclaratorSyntax?> Variables { get; } = [];

    /// <summary>The functions inside it.</summary>
    public List<LocalFunctionStatementSyntax> LocalFunctions { get; } = [];

    /// <summary>The <c>return</c> statements of its own, not those of functions inside it.</summary>
    public List<ReturnStatementSyntax> Returns { get; } = [];

    /// <summary>All calls, also those of functions inside it.</summary>
    public List<InvocationExpressionSyntax> Calls { get; } = [];

    private void Collect(SyntaxNode parent, bool isNested)
    {
        foreach (var node in parent.ChildNodes())
        {
            switch (node)
            {
                case ReturnStatementSyntax statement when !isNested:
                    Returns.Add(statement);
                    break;
                case InvocationExpressionSyntax call:
                    Calls.Add(call);
                    break;
                case LocalFunctionStatementSyntax function:
                    LocalFunctions.Add(function);
                    break;
            }

            var name = Declared(node);
            if (!name.IsKind(SyntaxKind.None))
            {
                Locals.Add(name.ValueText);
            }

            if (node is VariableDeclaratorSyntax variable)
            {
                Variables[name.ValueText] = Variables.ContainsKey(name.ValueText) ? null : variable;
            }

            Collect(node, isNested || node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax);
        }
    }

    private static SyntaxToken Declared(SyntaxNode node) => node switch
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
}
