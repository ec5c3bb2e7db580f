using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metaflow.Architecture.Tests;

/// <summary>Renders what an assembly shows to its users, one line per member, in a stable order.</summary>
internal static class PublicApi
{
    private static readonly SymbolDisplayFormat Format = new(
        globalNamespaceStyle: SymbolDisplayGlobalNamespaceStyle.Omitted,
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints | SymbolDisplayGenericsOptions.IncludeVariance,
        memberOptions: SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeRef
            | SymbolDisplayMemberOptions.IncludeModifiers | SymbolDisplayMemberOptions.IncludeAccessibility | SymbolDisplayMemberOptions.IncludeConstantValue,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeDefaultValue
            | SymbolDisplayParameterOptions.IncludeParamsRefOut | SymbolDisplayParameterOptions.IncludeModifiers,
        propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        delegateStyle: SymbolDisplayDelegateStyle.NameAndSignature,
        kindOptions: SymbolDisplayKindOptions.IncludeTypeKeyword,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier
            | SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    public static string Render(string assemblyPath)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) != Path.GetFileName(assemblyPath))
            .Select(path => MetadataReference.CreateFromFile(path));
        var library = MetadataReference.CreateFromFile(assemblyPath);
        var compilation = CSharpCompilation.Create("PublicApi", references: [.. references, library]);
        var assembly = (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(library)!;
        var text = new StringBuilder();
        foreach (var type in TypesOf(assembly.GlobalNamespace).OrderBy(type => type.ToDisplayString(), StringComparer.Ordinal))
        {
            Append(text, type);
        }

        return text.ToString();
    }

    private static IEnumerable<INamedTypeSymbol> TypesOf(INamespaceSymbol space) =>
        space.GetTypeMembers().Where(IsVisible).SelectMany(WithNested)
            .Concat(space.GetNamespaceMembers().SelectMany(TypesOf));

    private static IEnumerable<INamedTypeSymbol> WithNested(INamedTypeSymbol type) =>
        type.GetTypeMembers().Where(IsVisible).SelectMany(WithNested).Prepend(type);

    private static void Append(StringBuilder text, INamedTypeSymbol type)
    {
        var bases = type.TypeKind is TypeKind.Delegate or TypeKind.Enum ? [] : Bases(type);
        text.Append(Modifiers(type)).Append(type.ToDisplayString(Format));
        text.Append(bases.Length > 0 ? " : " + string.Join(", ", bases) : "").Append('\n');
        var members = type.GetMembers()
            .Where(member => IsVisible(member) && member is not INamedTypeSymbol && !IsAccessor(member) && !IsGenerated(member))
            .Where(_ => type.TypeKind != TypeKind.Delegate)
            .Select(member => "    " + member.ToDisplayString(Format))
            .Order(StringComparer.Ordinal);
        foreach (var member in members)
        {
            text.Append(member).Append('\n');
        }

        text.Append('\n');
    }

    private static string[] Bases(INamedTypeSymbol type)
    {
        var own = type.BaseType is { SpecialType: SpecialType.None } parent ? [parent] : Array.Empty<INamedTypeSymbol>();
        return [.. own.Concat(type.Interfaces.OrderBy(face => face.ToDisplayString(), StringComparer.Ordinal)).Select(symbol => symbol.ToDisplayString())];
    }

    private static string Modifiers(INamedTypeSymbol type) =>
        (type.DeclaredAccessibility == Accessibility.Public ? "public " : "protected ")
        + (type.TypeKind != TypeKind.Class ? "" : type.IsStatic ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "");

    private static bool IsAccessor(ISymbol member) =>
        member is IMethodSymbol { MethodKind: MethodKind.PropertyGet or MethodKind.PropertySet or MethodKind.EventAdd or MethodKind.EventRemove };

    private static bool IsGenerated(ISymbol member) =>
        member is IMethodSymbol && member.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "CompilerGeneratedAttribute");

    private static bool IsVisible(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public
        || (symbol.DeclaredAccessibility is Accessibility.Protected or Accessibility.ProtectedOrInternal && symbol.ContainingType is { IsSealed: false });
}
