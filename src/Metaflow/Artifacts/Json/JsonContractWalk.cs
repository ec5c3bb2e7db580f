using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Metaflow.Artifacts.Json;

/// <summary>One walk over a type and the types of its members, in search of what would not come back.</summary>
internal sealed class JsonContractWalk
{
    private const BindingFlags DeclaredFields =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly HashSet<Type> _visited = [];

    /// <summary>The first problem, in a sentence or two; <see langword="null"/> if there is none.</summary>
    public string? Visit(Type type, string path)
    {
        if (!_visited.Add(type))
        {
            return null;
        }

        if (UnstorableTypes.Find(type) is { } reason)
        {
            return $"{path} {reason}";
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Visit(underlying, path);
        }

        JsonTypeInfo info;
        try
        {
            info = JsonFormat.Options.GetTypeInfo(type);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return $"{path} cannot be kept in JSON: {e.Message} {Remedies.Member}";
        }

        return info.Kind switch
        {
            JsonTypeInfoKind.Object => VisitObject(info, path),
            JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary => VisitCollection(info, path),
            // A collection with a converter of ours.
            _ => type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) ? VisitElements(type, path) : null,
        };
    }

    private string? VisitElements(Type type, string path) =>
        type.GetGenericArguments().Select(argument => Visit(argument, path + "[]")).FirstOrDefault(problem => problem is not null);

    private string? VisitCollection(JsonTypeInfo info, string path)
    {
        try
        {
            // Nothing but an attempt tells whether the collection can be built.
            JsonSerializer.Deserialize(info.Kind == JsonTypeInfoKind.Dictionary ? "{}"u8 : "[]"u8, info);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            var name = TypeNames.Of(info.Type);
            return $"{(path == name ? name : $"{path} is a {name}, which")} cannot be read back from JSON. "
                + "Use a List<T>, an array or a Dictionary<TKey, TValue>, or write an IArtifactSerializer for it.";
        }

        return LostByDerivedCollection(info.Type, path)
            ?? KeyProblem(info, path)
            ?? (info.KeyType is { } key ? Visit(key, path + ".Key") : null)
            ?? (info.ElementType is { } element ? Visit(element, path + "[]") : null);
    }

    /// <summary>The keys of a dictionary become names of members, which are text.</summary>
    private static string? KeyProblem(JsonTypeInfo info, string path) =>
        info.KeyType is { } key && (key == typeof(object) || JsonFormat.Options.GetTypeInfo(key).Kind != JsonTypeInfoKind.None)
            ? $"{path} has keys of type {TypeNames.Of(key)}, which cannot be names in JSON. Use text, numbers, enums, dates or Guids as "
                + $"keys, or keep a List<KeyValuePair<{TypeNames.Of(key)}, {TypeNames.Of(info.ElementType!)}>>."
            : null;

    /// <summary>A class derived from a collection is written as its elements alone.</summary>
    private static string? LostByDerivedCollection(Type type, string path)
    {
        for (var current = type; current is not null && !IsFramework(current); current = current.BaseType)
        {
            if (!DerivesFromFrameworkCollection(current))
            {
                return null;
            }

            var lost = Array.Find(current.GetFields(DeclaredFields), field => !IsExcluded(field));
            if (lost is not null)
            {
                return $"{path} is a collection, and is stored as its elements; its own {Describe(lost)} would be lost. "
                    + "Keep the elements in a member of an ordinary class or record instead.";
            }
        }

        return null;
    }

    private string? VisitObject(JsonTypeInfo info, string path)
    {
        if (info.PolymorphismOptions is { } polymorphism)
        {
            foreach (var derived in polymorphism.DerivedTypes)
            {
                if (derived.DerivedType != info.Type
                    && Visit(derived.DerivedType, TypeNames.Of(derived.DerivedType)) is { } problem)
                {
                    return problem;
                }
            }

            if (info.Type.IsAbstract || info.Type.IsInterface)
            {
                return null;
            }
        }

        return FindConstructionProblem(info, path) ?? VisitMembers(info, path) ?? FindLostField(info, path);
    }

    private static string? FindConstructionProblem(JsonTypeInfo info, string path)
    {
        if (info.Type.IsInterface || info.Type.IsAbstract)
        {
            return $"{path} is declared as {TypeNames.Of(info.Type)}, {(info.Type.IsInterface ? "an interface" : "an abstract class")}, "
                + "so nothing says which type to create when it is read. Declare a concrete type, or put "
                + "[JsonDerivedType(typeof(…), \"…\")] on it for each type that may occur.";
        }

        if (info.CreateObject is not null)
        {
            return null;
        }

        if (info.ConstructorAttributeProvider is not MethodBase constructor)
        {
            return $"{path}: {TypeNames.Of(info.Type)} has no constructor that can be used to read it back. " + (IsFramework(info.Type)
                ? Remedies.Member
                : "Give it a public constructor without parameters, exactly one public constructor, or mark one [JsonConstructor].");
        }

        foreach (var parameter in constructor.GetParameters())
        {
            if (!info.Properties.Any(property => property.AssociatedParameter?.Position == parameter.Position))
            {
                return $"{path}: the constructor of {TypeNames.Of(info.Type)} takes '{parameter.Name}', and no public property or "
                    + $"field of that name and of type {TypeNames.Of(parameter.ParameterType)} would be stored for it. Add one, "
                    + "or mark another constructor [JsonConstructor].";
            }
        }

        return null;
    }

    private string? VisitMembers(JsonTypeInfo info, string path)
    {
        foreach (var property in info.Properties)
        {
            var name = (property.AttributeProvider as MemberInfo)?.Name ?? property.Name;
            if (property.Get is null || JsonContract.IsComputed(property))
            {
                continue;
            }

            if (property is { Set: null, AssociatedParameter: null })
            {
                return property.AttributeProvider is FieldInfo
                    ? $"{path}.{name} is a readonly field that no constructor parameter sets, so it would be lost. {HowToKeep(info.Type, name)}"
                    : $"{path}.{name} has no public setter and no constructor parameter, so it would be lost. {HowToKeep(info.Type, name)}";
            }

            if (property.CustomConverter is null && Visit(property.PropertyType, $"{path}.{name}") is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    /// <summary>Looks for state that no stored property stands for.</summary>
    private static string? FindLostField(JsonTypeInfo info, string path)
    {
        var kept = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in info.Properties.Where(p => p is { Get: not null } and ({ Set: not null } or { AssociatedParameter: not null })))
        {
            kept.Add((property.AttributeProvider as MemberInfo)?.Name ?? property.Name);
        }

        for (var type = info.Type; type is not null && type != typeof(object) && type != typeof(ValueType); type = type.BaseType)
        {
            foreach (var field in type.GetFields(DeclaredFields))
            {
                if (!kept.Contains(PropertyNameOf(field)) && !kept.Contains(field.Name) && !IsExcluded(field))
                {
                    return $"{path} has {Describe(field)}, which is not public, so it would be lost. {HowToKeep(type, PropertyNameOf(field))}";
                }
            }
        }

        return null;
    }

    private static string HowToKeep(Type owner, string member) => IsFramework(owner)
        ? Remedies.Member
        : $"Give {member} a public set or init accessor, mark it [JsonInclude], or mark it [JsonIgnore] if it need not be kept.";

    /// <summary>The property that a field most likely stands behind.</summary>
    private static string PropertyNameOf(FieldInfo field)
    {
        var name = field.Name;
        if (name.StartsWith('<') && name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end)
        {
            // <Name>k__BackingField of a property, <name>P of a primary constructor's parameter.
            return name[1..end];
        }

        return name.StartsWith("m_", StringComparison.Ordinal) ? name[2..] : name.TrimStart('_');
    }

    private static string Describe(FieldInfo field) =>
        field.Name.StartsWith('<') ? $"'{PropertyNameOf(field)}'" : $"field '{field.Name}'";

    /// <summary>Whether the author has said, or the kind of field says, that it is not part of the value.</summary>
    private static bool IsExcluded(FieldInfo field)
    {
        if (field.IsDefined(typeof(JsonIgnoreAttribute)) || field.IsDefined(typeof(NonSerializedAttribute))
            || field.FieldType == typeof(Lock))
        {
            return true;
        }

        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var declaring = field.DeclaringType!;
        return declaring.GetEvent(field.Name, Any) is not null
            || declaring.GetProperties(Any).Any(property =>
                property.Name.Equals(PropertyNameOf(field), StringComparison.OrdinalIgnoreCase)
                && property.IsDefined(typeof(JsonIgnoreAttribute)));
    }

    private static bool DerivesFromFrameworkCollection(Type type)
    {
        for (var current = type.BaseType; current is not null; current = current.BaseType)
        {
            if (IsFramework(current))
            {
                return current != typeof(object) && typeof(IEnumerable).IsAssignableFrom(current);
            }
        }

        return false;
    }

    private static bool IsFramework(Type type) =>
        type.Assembly == typeof(object).Assembly
        || type.Assembly.GetName().Name?.StartsWith("System.", StringComparison.Ordinal) == true;
}
