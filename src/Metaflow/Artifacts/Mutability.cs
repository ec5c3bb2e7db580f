using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Numerics;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metaflow.Artifacts;

/// <summary>Whether a value that came from the store can be changed in place. In doubt it can.</summary>
internal static class Mutability
{
    private static readonly ConcurrentDictionary<Type, bool> Known = new();

    private static readonly HashSet<Type> ImmutableTypes =
    [
        typeof(string), typeof(decimal), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly),
        typeof(TimeOnly), typeof(TimeSpan), typeof(Uri), typeof(Version), typeof(BigInteger), typeof(Complex), typeof(Half),
        typeof(Int128), typeof(UInt128), typeof(Rune), typeof(JsonElement), typeof(IncludedFile), typeof(CaughtException),
    ];

    /// <summary>Types that are immutable when all their type arguments are.</summary>
    private static readonly HashSet<Type> ImmutableShells =
    [
        typeof(Nullable<>), typeof(ReadOnlyMemory<>), typeof(KeyValuePair<,>),
        typeof(IEnumerable<>), typeof(IReadOnlyCollection<>), typeof(IReadOnlyList<>), typeof(IReadOnlySet<>),
        typeof(IReadOnlyDictionary<,>),
        typeof(ImmutableArray<>), typeof(ImmutableList<>), typeof(ImmutableDictionary<,>), typeof(ImmutableHashSet<>),
        typeof(ImmutableQueue<>), typeof(ImmutableStack<>), typeof(ImmutableSortedDictionary<,>),
        typeof(ImmutableSortedSet<>), typeof(IImmutableList<>), typeof(IImmutableDictionary<,>), typeof(IImmutableSet<>),
        typeof(IImmutableQueue<>), typeof(IImmutableStack<>), typeof(FrozenDictionary<,>), typeof(FrozenSet<>),
    ];

    public static bool IsMutable(Type type) => Known.GetOrAdd(type, static t => !IsImmutable(t, []));

    private static bool IsImmutable(Type type, HashSet<Type> visiting)
    {
        if (type.IsPrimitive || type.IsEnum || ImmutableTypes.Contains(type))
        {
            return true;
        }

        if (type.IsGenericType && ImmutableShells.Contains(type.GetGenericTypeDefinition()))
        {
            return type.GetGenericArguments().All(argument => IsImmutable(argument, visiting));
        }

        if (type.IsArray || type.IsInterface || type.IsAbstract || type.IsPointer || type == typeof(object)
            || typeof(Delegate).IsAssignableFrom(type) || typeof(IEnumerable).IsAssignableFrom(type)
            || HasDerivedTypes(type))
        {
            return false;
        }

        // A type that contains itself is immutable if nothing else in it is mutable.
        return !visiting.Add(type) || HasOnlyImmutableFields(type, visiting);
    }

    private static bool HasDerivedTypes(Type type) =>
        type.IsDefined(typeof(JsonDerivedTypeAttribute), inherit: false)
        || type.IsDefined(typeof(JsonPolymorphicAttribute), inherit: false);

    private static bool HasOnlyImmutableFields(Type type, HashSet<Type> visiting)
    {
        for (var current = type; current is not null && current != typeof(object) && current != typeof(ValueType);
            current = current.BaseType)
        {
            // Outside a class there is no way to write to a field of a struct that was read as a property.
            var fields = current.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);
            if (fields.Any(field => (!type.IsValueType && !field.IsInitOnly) || !IsImmutable(field.FieldType, visiting)))
            {
                return false;
            }
        }

        return true;
    }
}
