using System.Collections.Generic;
using System.Linq;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Reading;

/// <summary>Finds out what a foreach iterates over: the items' type, and whether their order can be relied on.</summary>
internal static class ItemsReader
{
    private static readonly HashSet<string> UnorderedTypes =
    [
        "HashSet", "ISet", "IReadOnlySet", "ImmutableHashSet", "IImmutableSet", "FrozenSet",
        "Dictionary", "IDictionary", "IReadOnlyDictionary", "ImmutableDictionary", "IImmutableDictionary", "FrozenDictionary",
        "ConcurrentDictionary", "ConcurrentBag", "Hashtable", "KeyCollection", "ValueCollection", "ParallelQuery",
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
    public static TransitionNode Describe(
        TransitionNode transition, InvocationExpressionSyntax call, ExpressionSyntax items, SemanticModel? model) => transition with
        {
            ItemType = model is null ? null : ItemType(call, items, model),
            Unordered = model is null ? null : WhyUnordered(items, model),
            ItemsLocation = Places.Of(items),
        };

    private static string? ItemType(InvocationExpressionSyntax call, ExpressionSyntax items, SemanticModel model)
    {
        if (model.GetSymbolInfo(call).Symbol is IMethodSymbol { TypeArguments: { Length: 1 } item })
        {
            return TypeText.Short(item[0]);
        }

        var type = model.GetTypeInfo(items).Type;
        var sequence = type?.AllInterfaces.Concat(type is INamedTypeSymbol self ? [self] : [])
            .FirstOrDefault(i => i.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T);
        return sequence is null || sequence.TypeArguments[0].TypeKind == TypeKind.Error ? null : TypeText.Short(sequence.TypeArguments[0]);
    }

    /// <summary>The unordered thing that the items come from; <see langword="null"/> if there is none or the items are sorted.</summary>
    private static string? WhyUnordered(ExpressionSyntax items, SemanticModel model, int depth = 0)
    {
        items = Syntax.Unwrap(items);
        if (depth > 20)
        {
            return null;
        }

        if (items is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } call)
        {
            var name = member.Name.Identifier.ValueText;
            if (Ordering.Contains(name))
            {
                return null;
            }

            if (name is "GetFiles" or "GetDirectories" or "GetFileSystemEntries" or "EnumerateFiles" or "EnumerateDirectories"
                    or "EnumerateFileSystemEntries"
                && model.GetSymbolInfo(call).Symbol?.ContainingType is { Name: "Directory" or "DirectoryInfo" } type)
            {
                return $"{type.Name}.{name}";
            }

            if (OrderKeeping.Contains(name) && WhyUnordered(member.Expression, model, depth + 1) is { } source)
            {
                return source;
            }
        }

        return items switch
        {
            CollectionExpressionSyntax collection => collection.Elements.OfType<SpreadElementSyntax>()
                .Select(spread => WhyUnordered(spread.Expression, model, depth + 1)).FirstOrDefault(why => why is not null),
            QueryExpressionSyntax query => query.Body.Clauses.OfType<OrderByClauseSyntax>().Any()
                ? null
                : WhyUnordered(query.FromClause.Expression, model, depth + 1),
            _ => OfType(model.GetTypeInfo(items).Type) ?? OfLocal(items, model, depth),
        };
    }

    private static string? OfType(ITypeSymbol? type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            var isPlatform = current.ContainingNamespace is { } scope && RootOf(scope) == "System";
            if (isPlatform && UnorderedTypes.Contains(current.Name))
            {
                // The collection of keys of a sorted dictionary is sorted as well.
                return current.ContainingType is { } owner
                    ? UnorderedTypes.Contains(owner.Name) ? $"{TypeText.Short(owner)}.{current.Name}" : null
                    : TypeText.Short(current);
            }
        }

        return null;
    }

    /// <summary>Follows a local variable to its initialiser.</summary>
    private static string? OfLocal(ExpressionSyntax items, SemanticModel model, int depth)
    {
        if (items is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Keys" or "Values" } member)
        {
            return OfType(model.GetTypeInfo(member.Expression).Type);
        }

        return items is IdentifierNameSyntax name && model.GetSymbolInfo(name).Symbol is ILocalSymbol local
            && local.DeclaringSyntaxReferences is { Length: 1 } references
            && references[0].GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: { } value } declarator
            && !IsAssignedAgain(declarator, local.Name)
                ? WhyUnordered(value, model, depth + 1)
                : null;
    }

    private static bool IsAssignedAgain(VariableDeclaratorSyntax declarator, string name)
    {
        var body = declarator.Ancestors().FirstOrDefault(node => node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax);
        return body is null || body.DescendantNodes().Any(node => node switch
        {
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax left } => left.Identifier.ValueText == name,
            // List.Sort and the like.
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Sort", Expression: IdentifierNameSyntax of } } =>
                of.Identifier.ValueText == name,
            ArgumentSyntax { Expression: IdentifierNameSyntax argument } => argument.Identifier.ValueText == name
                && node.FirstAncestorOrSelf<InvocationExpressionSyntax>()?.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Sort" },
            _ => false,
        });
    }

    private static string RootOf(INamespaceSymbol scope)
    {
        while (scope.ContainingNamespace is { IsGlobalNamespace: false } outer)
        {
            scope = outer;
        }

        return scope.Name;
    }
}
