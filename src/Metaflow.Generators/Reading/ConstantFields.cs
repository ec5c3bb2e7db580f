using System.Linq;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Reading;

/// <summary>Which fields are constants of the flow, recorded with each run.</summary>
internal static class ConstantFields
{
    /// <summary>
    /// Constants and static read-only data that the flow class can see. A read-only field that holds a service (a client, a
    /// lock, a compiled pattern) is no data and is left out.
    /// </summary>
    public static bool Includes(IFieldSymbol field, INamedTypeSymbol flow)
    {
        if (field.IsImplicitlyDeclared || !(field.IsConst || (field.IsStatic && field.IsReadOnly)))
        {
            return false;
        }

        var isPrivate = field.DeclaredAccessibility == Accessibility.Private;
        var isOwn = SymbolEqualityComparer.Default.Equals(field.ContainingType, flow);
        return !(isPrivate && (!isOwn || field.Name.StartsWith("_", System.StringComparison.Ordinal)))
            && (field.IsConst || IsData(field.Type));
    }

    private static bool IsData(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array)
        {
            return IsData(array.ElementType);
        }

        if (type.SpecialType is (>= SpecialType.System_Boolean and <= SpecialType.System_String) or SpecialType.System_DateTime
            || type.TypeKind == TypeKind.Enum)
        {
            return true;
        }

        if (type is not INamedTypeSymbol named)
        {
            return false;
        }

        if (Known.IsIn(named, "System"))
        {
            return named.IsTupleType || named.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T
                ? named.TypeArguments.All(IsData)
                : named.Name is "DateTimeOffset" or "DateOnly" or "TimeOnly" or "TimeSpan" or "Guid" or "Uri" or "Version"
                    or "Half" or "Int128" or "UInt128";
        }

        var isCollection = Known.IsIn(named, "System", "Collections", "Generic")
            || Known.IsIn(named, "System", "Collections", "Immutable")
            || Known.IsIn(named, "System", "Collections", "Frozen");
        return isCollection ? named.TypeArguments.All(IsData) : named.IsRecord;
    }
}
