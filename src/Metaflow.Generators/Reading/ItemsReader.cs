using System.Collections.Generic;
using System.Linq;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Reading;

/// <summary>Finds out what a foreach iterates over: the items' type, and whether their order can be relied on.</summary>
internal sealed class ItemsReader(BodyContext context, MethodText text)
{
    private const int MaximumDepth = 20;

    private static readonly HashSet<string> UnorderedTypes =
    [
        "HashSet", "ISet", "IReadOnlySet", "ImmutableHashSet", "IImmutableSet", "FrozenSet",
        "Dictionary", "IDictionary", "IReadOnlyDictionary", "ImmutableDictionary", "IImmutableDictionary", "FrozenDictionary",
        "ConcurrentDictionary", "ConcurrentBag", "Hashtable", "ParallelQuery",
    ];

    // The order in which a file system lists its entries differs from one to the next.
    private static readonly HashSet<string> Listings =
    [
        "GetFiles", "GetDirectories", "GetFileSystemEntries", "EnumerateFiles", "EnumerateDirectories", "EnumerateFileSystemEntries",
    ];

    private static readonly HashSet<string> Ordering =
        ["Order", "OrderDescending", "OrderBy", "OrderByDescending", "AsOrdered"];

    // These give their source's items back in the order of the source; ToHashSet and the like do not.
    private static readonly HashSet<string> OrderKeeping =
    [
        "Select", "Where", "Distinct", "DistinctBy", "Take", "Skip", "TakeWhile", "SkipWhile", "TakeLast", "SkipLast", "ToList",
        "ToArray", "ToImmutableArray", "ToImmutableList", "AsEnumerable", "Cast", "OfType", "Reverse", "SelectMany", "Chunk",
        "Append", "Prepend", "Concat", "Index", "GroupBy", "Zip", "AsReadOnly",
    ];

    /// <summary>Adds to a transition what is known of its items.</summary>
    public TransitionNode Describe(TransitionNode transition, InvocationExpressionSyntax call, ExpressionSyntax items) => transition with
    {
        ItemType = ItemType(transition, call, items),
        Unordered = WhyUnordered(items, depth: 0),
        ItemsLocation = Places.Of(items),
    };

    private string? ItemType(TransitionNode transition, InvocationExpressionSyntax call, ExpressionSyntax items)
    {
        if (Syntax.OwnName(call.Expression) is GenericNameSyntax { TypeArgumentList.Arguments: { Count: 1 } given })
        {
            return context.Type(given[0]) is { } type ? TypeText.Short(type) : null;
        }

        // No conversion leads to a sealed type but from itself: the code compiles only if the items are of it. So the
        // costly look at a call, which has overloads to choose from, can be left to the compiler.
        var taken = transition.Targets.Count > 0 ? TakenBy(transition.Targets[0]) : null;
        var isExact = taken is not null && IsExact(taken);
        if (isExact && items.DescendantNodesAndSelf().Any(node => node is InvocationExpressionSyntax or QueryExpressionSyntax))
        {
            return TypeText.Short(taken!);
        }

        if (ElementOf(TypeOf(items, depth: 0)) is { } element)
        {
            return TypeText.Short(element);
        }

        return isExact ? TypeText.Short(taken!)
            : context.Model(call.SyntaxTree)?.GetSymbolInfo(call).Symbol is IMethodSymbol { TypeArguments: { Length: 1 } item } ? TypeText.Short(item[0])
            : null;
    }

    private ITypeSymbol? TakenBy(string step) =>
        context.Members.Steps.Find(known => known.Method.Name == step).Method is { Parameters: { Length: 1 } parameters }
            ? parameters[0].Type
            : null;

    private static bool IsExact(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => IsExact(array.ElementType),
        ITypeParameterSymbol => false,
        _ => type.IsValueType || (type.IsSealed && type is INamedTypeSymbol { IsGenericType: false }),
    };

    private static ITypeSymbol? ElementOf(ITypeSymbol? type) =>
        type?.AllInterfaces.Concat(type is INamedTypeSymbol self ? [self] : [])
            .FirstOrDefault(i => i.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T)
            ?.TypeArguments[0] is { TypeKind: not TypeKind.Error } element ? element : null;

    /// <summary>The type of an expression, as far as it can be had without binding the whole body.</summary>
    private ITypeSymbol? TypeOf(ExpressionSyntax expression, int depth)
    {
        expression = Syntax.Unwrap(expression);
        if (Syntax.OwnName(expression) is { } name && !IsLocal(expression, name))
        {
            return context.MemberType(name.Identifier.ValueText) ?? context.Type(expression);
        }

        if (expression is IdentifierNameSyntax local)
        {
            return depth < MaximumDepth && Variable(local) is { } variable ? TypeOfVariable(variable, depth) : null;
        }

        return UsesLocals(expression) ? null : context.Type(expression);
    }

    private ITypeSymbol? TypeOfVariable(VariableDeclaratorSyntax variable, int depth) =>
        variable.Parent is VariableDeclarationSyntax { Type.IsVar: false } declaration ? context.Type(declaration.Type)
        : variable.Initializer is { Value: var value } ? TypeOf(value, depth + 1)
        : null;

    private VariableDeclaratorSyntax? Variable(IdentifierNameSyntax name) =>
        text.Variables.TryGetValue(name.Identifier.ValueText, out var variable) ? variable : null;

    private bool IsLocal(ExpressionSyntax expression, SimpleNameSyntax name) =>
        expression is SimpleNameSyntax && text.Locals.Contains(name.Identifier.ValueText);

    /// <summary>Whether an expression uses a name that the method declares outside of it.</summary>
    private bool UsesLocals(ExpressionSyntax expression)
    {
        var own = new MethodText(expression).Locals;
        return expression.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(name =>
            text.Locals.Contains(name.Identifier.ValueText) && !own.Contains(name.Identifier.ValueText)
            && !(name.Parent is MemberAccessExpressionSyntax member && member.Name == name));
    }

    /// <summary>The unordered thing that the items come from; <see langword="null"/> if there is none or the items are sorted.</summary>
    private string? WhyUnordered(ExpressionSyntax items, int depth)
    {
        items = Syntax.Unwrap(items);
        if (depth > MaximumDepth)
        {
            return null;
        }

        switch (items)
        {
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member }
                when Ordering.Contains(member.Name.Identifier.ValueText):
                return null;
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: SimpleNameSyntax { Identifier.ValueText: "Directory" } } member }
                when Listings.Contains(member.Name.Identifier.ValueText):
                return $"Directory.{member.Name.Identifier.ValueText}";
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: not SimpleNameSyntax { Identifier.ValueText: "Enumerable" } } member }
                when OrderKeeping.Contains(member.Name.Identifier.ValueText):
                return WhyUnordered(member.Expression, depth + 1);
            case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Keys" or "Values" } member:
                return OfType(TypeOf(member.Expression, depth)) is { } dictionary ? $"{dictionary}.{member.Name}" : null;
            case CollectionExpressionSyntax collection:
                return collection.Elements.OfType<SpreadElementSyntax>()
                    .Select(spread => WhyUnordered(spread.Expression, depth + 1)).FirstOrDefault(why => why is not null);
            case QueryExpressionSyntax query:
                return query.Body.Clauses.OfType<OrderByClauseSyntax>().Any() ? null : WhyUnordered(query.FromClause.Expression, depth + 1);
            case IdentifierNameSyntax name when IsLocal(items, name):
                return Variable(name) is not { } variable || IsAssignedAgain(name.Identifier.ValueText) ? null
                    : OfType(TypeOfVariable(variable, depth))
                        ?? (variable.Initializer is { Value: var value } ? WhyUnordered(value, depth + 1) : null);
            default:
                return OfType(TypeOf(items, depth));
        }
    }

    private static string? OfType(ITypeSymbol? type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (UnorderedTypes.Contains(current.Name) && current.ContainingType is null
                && current.ContainingNamespace is { } scope && RootOf(scope) == "System")
            {
                return TypeText.Short(current);
            }
        }

        return null;
    }

    /// <summary>Whether a variable gets another value later, or is sorted in place.</summary>
    private bool IsAssignedAgain(string name) => text.Declaration.DescendantNodes().Any(node => node switch
    {
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax left } => left.Identifier.ValueText == name,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Sort" } member } call =>
            member.Expression is IdentifierNameSyntax receiver && receiver.Identifier.ValueText == name
            || call.ArgumentList.Arguments.Any(argument => argument.Expression is IdentifierNameSyntax sorted && sorted.Identifier.ValueText == name),
        _ => false,
    });

    private static string RootOf(INamespaceSymbol scope)
    {
        while (scope.ContainingNamespace is { IsGlobalNamespace: false } outer)
        {
            scope = outer;
        }

        return scope.Name;
    }
}
