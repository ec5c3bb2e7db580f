using System.Collections.Generic;
using System.Linq;
using Metaflow.Generators.Reading;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Emitting;

/// <summary>
/// Declares methods that call members which C# does not let generated code call: <c>init</c> accessors, constructors of
/// classes with required members, private members of base classes. The runtime binds them once, without reflection.
/// </summary>
internal sealed class AccessorList(Compilation compilation, INamedTypeSymbol flow)
{
    private const string Attribute =
        "[global::System.Runtime.CompilerServices.UnsafeAccessor(global::System.Runtime.CompilerServices.UnsafeAccessorKind";

    private readonly List<string> _declarations = [$"{Attribute}.Constructor)] private static extern {TypeText.Code(flow)} New();"];

    public IEnumerable<string> Declarations => flow.InstanceConstructors.Any(c => c.Parameters.Length == 0)
        ? _declarations
        : _declarations.Skip(1);

    /// <summary>The method that reads a property.</summary>
    public string Getter(IPropertySymbol property) => Add(
        property.GetMethod!, "Get" + property.Name, o => $"{TypeText.Code(o.ReturnType)} {{0}}({Owner(o)} flow)");

    /// <summary>The method that sets a property.</summary>
    public string Setter(IPropertySymbol property) => Add(
        property.SetMethod!, "Set" + property.Name, o => $"void {{0}}({Owner(o)} flow, {TypeText.Code(o.Parameters[0].Type)} value)");

    /// <summary>The method that calls a static method; its first argument is only there for its type.</summary>
    public string StaticMethod(IMethodSymbol method) => Add(
        method, method.Name, o => $"{TypeText.Code(o.ReturnType)} {{0}}({Owner(o)} type, {TypeText.Code(o.Parameters[0].Type)} context)");

    /// <summary>The method that computes a default where the compiler does not show it: it is private in another assembly.</summary>
    public string HiddenDefault(IPropertySymbol property, string method) => Add(
        property.GetMethod!, property.Name + "Default",
        o => $"{TypeText.Code(o.ReturnType)} {{0}}({Owner(o)} type, global::Metaflow.ParameterContext context)", method);

    private static string Owner(IMethodSymbol method) => TypeText.Code(method.ContainingType);

    private string Add(
        IMethodSymbol method, string name, System.Func<IMethodSymbol, string> signature, string? staticMethod = null)
    {
        var kind = method.IsStatic || staticMethod is not null ? "StaticMethod" : "Method";
        var head = $"{Attribute}.{kind}, Name = \"{staticMethod ?? method.Name}\")]";
        var owner = method.ContainingType;
        if (!owner.IsGenericType)
        {
            _declarations.Add($"{head} private static extern {string.Format(System.Globalization.CultureInfo.InvariantCulture, signature(method), name)};");
            return name;
        }

        // The runtime matches the member's own type parameters, so the accessor needs a generic type around it.
        var definition = owner.OriginalDefinition;
        var parameters = string.Join(", ", definition.TypeParameters.Select(parameter => parameter.Name));
        var constraints = string.Concat(definition.TypeParameters.Select(Constraints));
        var body = string.Format(System.Globalization.CultureInfo.InvariantCulture, signature(method.OriginalDefinition), "Call");
        _declarations.Add($"private static class {name}Accessor<{parameters}>{constraints} {{ {head} public static extern {body}; }}");
        return $"{name}Accessor<{string.Join(", ", owner.TypeArguments.Select(TypeText.Code))}>.Call";
    }

    private string Constraints(ITypeParameterSymbol parameter)
    {
        var parts = new List<string>();
        if (parameter.HasReferenceTypeConstraint)
        {
            parts.Add(parameter.ReferenceTypeConstraintNullableAnnotation == NullableAnnotation.Annotated ? "class?" : "class");
        }
        else if (parameter.HasUnmanagedTypeConstraint)
        {
            parts.Add("unmanaged");
        }
        else if (parameter.HasValueTypeConstraint)
        {
            parts.Add("struct");
        }
        else if (parameter.HasNotNullConstraint)
        {
            parts.Add("notnull");
        }

        parts.AddRange(parameter.ConstraintTypes.Where(type => compilation.IsSymbolAccessibleWithin(type, flow)).Select(TypeText.Code));
        if (parameter.HasConstructorConstraint)
        {
            parts.Add("new()");
        }

        return parts.Count > 0 ? $" where {parameter.Name} : {string.Join(", ", parts)}" : "";
    }
}
