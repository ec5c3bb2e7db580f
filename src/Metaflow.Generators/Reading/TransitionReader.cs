using System;
using System.Collections.Generic;
using System.Linq;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Reading;

/// <summary>Reads the transitions of a step from its <c>return Next…(…)</c> statements.</summary>
internal sealed class TransitionReader
{
    private readonly BodyContext _context;
    private readonly MethodText _text;
    private readonly List<TransitionNode> _transitions = [];
    private readonly HashSet<SyntaxNode> _returned = [];
    private readonly Func<EquatableArray<TransitionNode>?> _overridden;
    private bool _isComputed;

    private TransitionReader(BodyContext context, MethodText text, Func<EquatableArray<TransitionNode>?> overridden)
    {
        _context = context;
        _text = text;
        _overridden = overridden;
    }

    /// <summary>Reads a method.</summary>
    /// <param name="context">The flow.</param>
    /// <param name="text">The method.</param>
    /// <param name="returnsTransition">Whether the method returns a transition.</param>
    /// <param name="overridden">Reads the method that this one overrides, in case that it is called.</param>
    public static EquatableArray<TransitionNode> Read(
        BodyContext context, MethodText text, bool returnsTransition, Func<EquatableArray<TransitionNode>?> overridden)
    {
        var reader = new TransitionReader(context, text, overridden);
        if (returnsTransition)
        {
            reader.ReadReturns((MethodDeclarationSyntax)text.Declaration);
        }

        if (!reader._isComputed)
        {
            reader.ReadDropped();
        }

        return reader._transitions.ToEquatableArray();
    }

    private void ReadReturns(MethodDeclarationSyntax method)
    {
        var name = method.Identifier.ValueText;
        if (method.ExpressionBody is { } arrow)
        {
            ReadReturned(arrow.Expression, name);
        }

        foreach (var statement in _text.Returns)
        {
            if (statement.Expression is { } expression)
            {
                ReadReturned(expression, name);
            }
        }
    }

    /// <summary>Calls of <c>Next</c> that nobody returns: the flow would not go there.</summary>
    private void ReadDropped()
    {
        foreach (var call in _text.Calls)
        {
            if (!_returned.Contains(call) && IsNext(call) is { } shape)
            {
                _transitions.Add(ReadCall(call, shape) with { IsDropped = true });
            }
        }
    }

    private void ReadReturned(ExpressionSyntax expression, string method)
    {
        expression = Syntax.Unwrap(expression);
        switch (expression)
        {
            case ConditionalExpressionSyntax choice:
                ReadReturned(choice.WhenTrue, method);
                ReadReturned(choice.WhenFalse, method);
                break;
            case SwitchExpressionSyntax choice:
                foreach (var arm in choice.Arms)
                {
                    ReadReturned(arm.Expression, method);
                }

                break;
            case ThrowExpressionSyntax:
                break;
            case InvocationExpressionSyntax call when IsNext(call) is { } shape:
                _returned.Add(call);
                _transitions.Add(ReadCall(call, shape));
                _isComputed |= _transitions[_transitions.Count - 1].Kind == TransitionShape.Computed;
                break;
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "FromResult" } } call
                when call.ArgumentList.Arguments.Count == 1:
                ReadReturned(call.ArgumentList.Arguments[0].Expression, method);
                break;
            case BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments }:
                ReadReturned(arguments[0].Expression, method);
                break;
            case AwaitExpressionSyntax { Expression: InvocationExpressionSyntax inner }:
                ReadReturned(inner, method);
                break;
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: BaseExpressionSyntax, Name.Identifier.ValueText: var name } }
                when name == method && _overridden() is { } transitions:
                _transitions.AddRange(transitions);
                break;
            default:
                _isComputed = true;
                _transitions.Add(new(TransitionShape.Computed, []) { Location = Places.Of(expression) });
                break;
        }
    }

    private TransitionShape? IsNext(InvocationExpressionSyntax call)
    {
        var name = call.Expression switch
        {
            SimpleNameSyntax simple => simple,
            MemberAccessExpressionSyntax { Expression: not InvocationExpressionSyntax, Name: var member } when IsFlowType(call.Expression) => member,
            _ => null,
        };
        var text = name?.Identifier.ValueText;
        if (text is null || _text.Locals.Contains(text) || _context.IsOtherMethod(text))
        {
            return null;
        }

        return text switch
        {
            "Next" => call.ArgumentList.Arguments.Count > 1 ? TransitionShape.Split : TransitionShape.Linear,
            "NextForEach" => TransitionShape.ForEach,
            "NextParallel" => TransitionShape.Parallel,
            _ => null,
        };
    }

    /// <summary>Whether a call is qualified with the name of the flow or of a base class, as a static method may be.</summary>
    private bool IsFlowType(ExpressionSyntax expression)
    {
        var qualifier = ((MemberAccessExpressionSyntax)expression).Expression;
        var name = qualifier switch
        {
            BaseExpressionSyntax => "FlowSpec",
            SimpleNameSyntax simple => simple.Identifier.ValueText,
            MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText,
            AliasQualifiedNameSyntax alias => alias.Name.Identifier.ValueText,
            _ => "",
        };
        return name == "FlowSpec" || _context.Members.Lineage.Any(type => type.Name == name);
    }

    private TransitionNode ReadCall(InvocationExpressionSyntax call, TransitionShape shape)
    {
        var arguments = call.ArgumentList.Arguments;
        var targets = new List<(string? Name, SourceSpan Place)>();
        ExpressionSyntax? items = null;
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i].NameColon?.Name.Identifier.ValueText;
            if (shape is TransitionShape.ForEach or TransitionShape.Parallel && (name is null ? i == 0 : name is "items" or "count"))
            {
                items = arguments[i].Expression;
                continue;
            }

            ReadTargets(arguments[i].Expression, targets);
        }

        // A single argument that is a collection of steps is a split too.
        shape = shape == TransitionShape.Linear && targets.Count > 1 ? TransitionShape.Split : shape;
        var isComputed = targets.Count == 0 || targets.Any(target => target.Name is null);
        var named = targets.Where(target => target.Name is not null).ToList();
        var transition = new TransitionNode(
            isComputed ? TransitionShape.Computed : shape, named.Select(target => target.Name!).ToEquatableArray())
        {
            Location = isComputed && targets.Find(target => target.Name is null).Place is { IsKnown: true } place
                ? place
                : Places.Of(call),
            TargetLocations = named.Select(target => target.Place).ToEquatableArray(),
        };
        return shape == TransitionShape.ForEach && items is not null
            ? new ItemsReader(_context, _text).Describe(transition, call, items)
            : transition;
    }

    private void ReadTargets(ExpressionSyntax expression, List<(string? Name, SourceSpan Place)> targets)
    {
        expression = Syntax.Unwrap(expression);
        if (expression is CollectionExpressionSyntax collection)
        {
            foreach (var element in collection.Elements)
            {
                if (element is ExpressionElementSyntax inner)
                {
                    ReadTargets(inner.Expression, targets);
                }
                else
                {
                    targets.Add((null, Places.Of(element)));
                }
            }

            return;
        }

        var name = Syntax.OwnName(expression)?.Identifier.ValueText;
        var isBare = expression is SimpleNameSyntax;
        var isLocal = name is null || (isBare && _text.Locals.Contains(name));

        // A name that means nothing is taken for a step's that was misspelled; one of a field or property is a computation.
        var isNamed = !isLocal && (_context.Steps.Contains(name!) || _context.IsOtherMethod(name!) || !_context.IsMember(name!));
        targets.Add((isNamed ? name : null, Places.Of(expression)));
    }
}
