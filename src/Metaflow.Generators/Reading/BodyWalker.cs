using System.Collections.Generic;
using System.Linq;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Reading;

/// <summary>
/// Walks a body in the order in which it runs and notes the uses of artifacts. A read counts only where no write may have
/// come before it; in a loop or a lambda, all writes may have.
/// </summary>
internal sealed partial class BodyWalker
{
    private readonly BodyContext _context;
    private readonly DataflowReader _helpers;
    private readonly MethodText _text;
    private readonly BodyUses _uses = new();
    private readonly List<ArtifactUse> _deferred = [];
    private HashSet<string> _written = [];
    private int _deferring;

    private BodyWalker(BodyContext context, DataflowReader helpers, MethodText text)
    {
        _context = context;
        _helpers = helpers;
        _text = text;
    }

    private bool IsMerged => _uses.Merges.Count > 0;

    public static BodyUses Walk(BodyContext context, DataflowReader helpers, MethodText text)
    {
        var walker = new BodyWalker(context, helpers, text);

        // Local functions run before the place where they stand.
        foreach (var function in text.LocalFunctions)
        {
            walker.VisitDeferred(function);
        }

        walker.Visit(Syntax.Body(text.Declaration));
        foreach (var read in walker._deferred.Where(read => !walker._uses.Writes.Contains(read.Name)))
        {
            walker.AddRead(read);
        }

        return walker._uses;
    }

    private void Visit(SyntaxNode? node)
    {
        switch (node)
        {
            case null or TypeSyntax and not SimpleNameSyntax or LocalFunctionStatementSyntax or BaseExpressionColonSyntax or NameEqualsSyntax:
                break;
            case AnonymousFunctionExpressionSyntax:
                VisitDeferred(node);
                break;
            case WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax:
                VisitLoop(node);
                break;
            case IfStatementSyntax choice:
                Visit(choice.Condition);
                VisitChoices([choice.Statement, choice.Else]);
                break;
            case ConditionalExpressionSyntax choice:
                Visit(choice.Condition);
                VisitChoices([choice.WhenTrue, choice.WhenFalse]);
                break;
            case SwitchStatementSyntax choice:
                Visit(choice.Expression);
                VisitChoices(choice.Sections);
                break;
            case SwitchExpressionSyntax choice:
                Visit(choice.GoverningExpression);
                VisitChoices(choice.Arms);
                break;
            case ExpressionSyntax expression:
                VisitExpression(expression);
                break;
            default:
                VisitChildren(node);
                break;
        }
    }

    private void VisitExpression(ExpressionSyntax node)
    {
        switch (node)
        {
            case AssignmentExpressionSyntax assignment:
                VisitAssignment(assignment);
                break;
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression } step:
                Visit(step.Operand);
                Write(step.Operand);
                break;
            case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression or (int)SyntaxKind.PostDecrementExpression } step:
                Visit(step.Operand);
                Write(step.Operand);
                break;
            case InvocationExpressionSyntax call:
                VisitCall(call);
                break;
            case MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or BaseExpressionSyntax } own:
                VisitOwn(own.Name, own);
                break;
            case MemberAccessExpressionSyntax member:
                Visit(member.Expression);
                VisitForeign(member.Name);
                break;
            case SimpleNameSyntax name:
                VisitBareName(name);
                break;
            case ThisExpressionSyntax:
                // The flow object goes to code that is not looked into.
                _uses.IsOpaque = true;
                break;
            case InitializerExpressionSyntax initializer when initializer.IsKind(SyntaxKind.ObjectInitializerExpression):
                foreach (var item in initializer.Expressions)
                {
                    Visit(item is AssignmentExpressionSyntax set ? set.Right : item);
                }

                break;
            case MemberBindingExpressionSyntax or TypeSyntax or TypeOfExpressionSyntax or DefaultExpressionSyntax or SizeOfExpressionSyntax:
                break;
            default:
                VisitChildren(node);
                break;
        }
    }

    private void VisitChildren(SyntaxNode node)
    {
        foreach (var child in node.ChildNodes())
        {
            Visit(child);
        }
    }

    private void VisitAssignment(AssignmentExpressionSyntax assignment)
    {
        var isLazy = assignment.IsKind(SyntaxKind.CoalesceAssignmentExpression) && OwnMember(assignment.Left) is { } name
            && _context.Members.State.Contains(name);
        if (!assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) && !isLazy)
        {
            Visit(assignment.Left);
        }
        else if (!IsTarget(assignment.Left))
        {
            // Receivers and indexes of the left side are read.
            if (assignment.Left is MemberAccessExpressionSyntax member)
            {
                Visit(member.Expression);
            }
            else
            {
                VisitChildren(assignment.Left);
            }
        }

        Visit(assignment.Right);
        Write(assignment.Left);
    }

    private bool IsTarget(ExpressionSyntax left) => left is TupleExpressionSyntax || OwnMember(left) is not null;

    /// <summary>The flow's member that an expression names, unless a local hides it.</summary>
    private string? OwnMember(ExpressionSyntax expression) =>
        Syntax.OwnName(expression)?.Identifier.ValueText is { } name && !(expression is SimpleNameSyntax && _text.Locals.Contains(name))
            ? name
            : null;

    private void VisitCall(InvocationExpressionSyntax call)
    {
        var name = OwnMember(call.Expression);
        switch (name)
        {
            case "nameof":
                return;
            case "MergeArtifacts":
                VisitArguments(call);
                _uses.Merges.Add(MergeReader.Read(call));
                return;
            case "SetArtifact":
                _uses.IsOpaque = true;
                break;
            case not null when _context.Steps.Contains(name):
                // A step called as a plain method, such as the one that this step overrides.
                _uses.IsOpaque = true;
                break;
            case "Input" when call.Expression is GenericNameSyntax generic:
                AddInput(generic, ofBranch: false, call);
                break;
        }

        if (call is { ArgumentList.Arguments.Count: 0, Expression: MemberAccessExpressionSyntax { Expression: not (ThisExpressionSyntax or BaseExpressionSyntax) } member }
            && member.Name is GenericNameSyntax { Identifier.ValueText: "Input" } branch)
        {
            AddInput(branch, ofBranch: true, call);
        }

        VisitArguments(call);
        Visit(call.Expression);
    }

    private void VisitArguments(InvocationExpressionSyntax call) => VisitChildren(call.ArgumentList);

    private void VisitBareName(SimpleNameSyntax name)
    {
        if (!_text.Locals.Contains(name.Identifier.ValueText) && !SyntaxFacts.IsInTypeOnlyContext(name) && !IsTypeName(name))
        {
            VisitOwn(name, name);
        }
    }

    /// <summary>Whether <c>Movie.Parse(…)</c> means the type, when an artifact <c>Movie</c> is of a type of that name.</summary>
    private bool IsTypeName(SimpleNameSyntax name) =>
        name.Parent is MemberAccessExpressionSyntax parent && parent.Expression == name
        && _context.Members.Artifacts.Any(a => a.Name == name.Identifier.ValueText && a.Type.Name == a.Name)
        && _context.Model(name.SyntaxTree)?.GetSymbolInfo(name).Symbol is null or ITypeSymbol;

    private void VisitDeferred(SyntaxNode function)
    {
        _deferring++;
        VisitChildren(function);
        _deferring--;
    }

    private void VisitLoop(SyntaxNode loop)
    {
        // A write further down in the body may come first on the second round.
        _deferring++;
        VisitChildren(loop);
        _deferring--;
    }

    private void VisitChoices(IEnumerable<SyntaxNode?> choices)
    {
        var before = _written;
        var after = new HashSet<string>(before);
        foreach (var choice in choices)
        {
            _written = [.. before];
            if (choice is SwitchSectionSyntax or SwitchExpressionArmSyntax or ElseClauseSyntax)
            {
                VisitChildren(choice);
            }
            else
            {
                Visit(choice);
            }

            after.UnionWith(_written);
        }

        _written = after;
    }
}
