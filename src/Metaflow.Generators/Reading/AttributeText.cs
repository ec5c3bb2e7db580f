using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metaflow.Generators.Reading;

/// <summary>Attributes as expressions that create them anew, and as text for people.</summary>
internal static class AttributeText
{
    private const string HiddenSecret = "inline:***";

    /// <summary>The expression; <see langword="null"/> if the attribute does not compile.</summary>
    public static string? Creation(AttributeData attribute)
    {
        if (attribute.AttributeClass is not { TypeKind: not TypeKind.Error } type || attribute.AttributeConstructor is null
            || attribute.ConstructorArguments.Any(argument => argument.Kind == TypedConstantKind.Error))
        {
            return null;
        }

        var arguments = string.Join(", ", attribute.ConstructorArguments.Select(Expression));
        var named = string.Join(", ", attribute.NamedArguments.Select(pair => $"{Identifier(pair.Key)} = {Expression(pair.Value)}"));
        return $"new {TypeText.TypeOf(type)}({arguments})" + (named.Length > 0 ? $" {{ {named} }}" : "");
    }

    /// <summary>The attribute as <c>show</c> prints it.</summary>
    public static DecoratorNode Decorator(AttributeData attribute)
    {
        var type = attribute.AttributeClass!.Name;
        const string Suffix = "Attribute";
        var name = type.Length > Suffix.Length && type.EndsWith(Suffix, System.StringComparison.Ordinal)
            ? type.Substring(0, type.Length - Suffix.Length)
            : type;
        var hides = Known.IsSecrets(attribute.AttributeClass);
        var texts = attribute.ConstructorArguments.Select(value => Display(value, hides))
            .Concat(attribute.NamedArguments.Select(pair => $"{pair.Key} = {Display(pair.Value, hides)}"))
            .ToList();
        var names = attribute.AttributeConstructor?.Parameters.Select(parameter => parameter.Name).ToList() ?? [];
        var arguments = attribute.ConstructorArguments
            .Select((value, i) => new DecoratorArgument(i < names.Count ? names[i] : "", Value(value, hides)))
            .Concat(attribute.NamedArguments.Select(pair => new DecoratorArgument(pair.Key, Value(pair.Value, hides))));
        return new(name, texts.Count > 0 ? $"{name}({string.Join(", ", texts)})" : name)
        {
            Arguments = arguments.ToEquatableArray(),
            Location = attribute.ApplicationSyntaxReference is { } reference
                ? Places.Of(reference.SyntaxTree.GetLocation(reference.Span))
                : default,
        };
    }

    /// <summary>
    /// The attributes of a class or method and of those that it derives from or overrides, as reflection would give them:
    /// its own first, and of a kind that may stand once only the nearest.
    /// </summary>
    public static IEnumerable<AttributeData> WithInherited(IEnumerable<ISymbol> nearestFirst)
    {
        var seen = new HashSet<string>();
        var isOwn = true;
        foreach (var symbol in nearestFirst)
        {
            var here = new List<string>();
            foreach (var attribute in symbol.GetAttributes().Where(a => a.AttributeClass is not null))
            {
                var name = TypeText.Full(attribute.AttributeClass!);
                var (inherited, multiple) = Usage(attribute.AttributeClass!);
                if (isOwn || (inherited && (multiple || !seen.Contains(name))))
                {
                    here.Add(name);
                    yield return attribute;
                }
            }

            seen.UnionWith(here);
            isOwn = false;
        }
    }

    public static string Literal(string? text) => text is null ? "null" : SymbolDisplay.FormatLiteral(text, quote: true);

    public static string Identifier(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None
            ? "@" + name
            : name;

    /// <summary>A constant as an expression.</summary>
    public static string Constant(object? value, ITypeSymbol type) =>
        type.TypeKind == TypeKind.Enum && value is not null ? $"({TypeText.TypeOf(type)})({Primitive(value)})" : Primitive(value);

    private static (bool Inherited, bool Multiple) Usage(INamedTypeSymbol type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            var usage = current.GetAttributes().FirstOrDefault(a => a.AttributeClass?.Name == "AttributeUsageAttribute");
            if (usage is not null)
            {
                bool Named(string name, bool otherwise) =>
                    usage.NamedArguments.FirstOrDefault(pair => pair.Key == name).Value.Value as bool? ?? otherwise;
                return (Named("Inherited", true), Named("AllowMultiple", false));
            }
        }

        return (true, false);
    }

    private static string Expression(TypedConstant constant) => constant.Kind switch
    {
        TypedConstantKind.Array when !constant.IsNull =>
            $"new {TypeText.TypeOf(constant.Type!)} {{ {string.Join(", ", constant.Values.Select(Expression))} }}",
        TypedConstantKind.Type when constant.Value is ITypeSymbol type => $"typeof({TypeText.TypeOf(type)})",
        TypedConstantKind.Enum => Constant(constant.Value, constant.Type!),
        _ => Primitive(constant.IsNull ? null : constant.Value),
    };

    private static string Primitive(object? value) => value switch
    {
        null => "null",
        string text => Literal(text),
        char c => SymbolDisplay.FormatLiteral(c, quote: true),
        bool b => b ? "true" : "false",
        float.NaN => "float.NaN",
        float.PositiveInfinity => "float.PositiveInfinity",
        float.NegativeInfinity => "float.NegativeInfinity",
        double.NaN => "double.NaN",
        double.PositiveInfinity => "double.PositiveInfinity",
        double.NegativeInfinity => "double.NegativeInfinity",
        float f => f.ToString("R", CultureInfo.InvariantCulture) + "F",
        double d => d.ToString("R", CultureInfo.InvariantCulture) + "D",
        decimal m => m.ToString(CultureInfo.InvariantCulture) + "M",
        long l => l == long.MinValue ? "long.MinValue" : l.ToString(CultureInfo.InvariantCulture) + "L",
        ulong u => u.ToString(CultureInfo.InvariantCulture) + "UL",
        uint u => u.ToString(CultureInfo.InvariantCulture) + "U",
        byte or sbyte or short or ushort => $"({value.GetType().Name switch
        {
            "Byte" => "byte",
            "SByte" => "sbyte",
            "Int16" => "short",
            _ => "ushort",
        }})({((System.IFormattable)value).ToString(null, CultureInfo.InvariantCulture)})",
        System.IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => "default",
    };

    /// <param name="constant">The argument.</param>
    /// <param name="hides">Whether the values of inline secrets are left out: the graph is stored with each run.</param>
    private static string Display(TypedConstant constant, bool hides) => constant.Kind switch
    {
        TypedConstantKind.Array when !constant.IsNull => $"[{string.Join(", ", constant.Values.Select(value => Display(value, hides)))}]",
        TypedConstantKind.Type when constant.Value is ITypeSymbol type => $"typeof({TypeText.Short(type)})",
        TypedConstantKind.Primitive when constant.Value is double or float => Value(constant, hides),
        TypedConstantKind.Error => "?",
        TypedConstantKind.Enum => string.Join(" | ", constant.ToCSharpString().Split('|').Select(part => part.Split('.').Last().Trim())),
        _ when hides && IsInlineSecret(constant.Value) => Literal(HiddenSecret),
        _ => constant.IsNull ? "null" : constant.ToCSharpString(),
    };

    private static string Value(TypedConstant constant, bool hides) => constant.Kind switch
    {
        TypedConstantKind.Array or TypedConstantKind.Type => Display(constant, hides),
        _ when hides && IsInlineSecret(constant.Value) => HiddenSecret,
        _ => constant.Value is System.IFormattable number
            ? number.ToString(null, CultureInfo.InvariantCulture)
            : constant.Value?.ToString() ?? "",
    };

    private static bool IsInlineSecret(object? value) =>
        value is string text && text.StartsWith("inline", System.StringComparison.OrdinalIgnoreCase);
}
