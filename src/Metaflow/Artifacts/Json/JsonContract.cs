using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Metaflow.Artifacts.Json;

/// <summary>Holds types to the rule that what is written can be read back. Decided once per type.</summary>
internal static class JsonContract
{
    private static readonly ConcurrentDictionary<Type, string?> Problems = new();

    /// <summary>Why values of a type cannot be kept in JSON; <see langword="null"/> if they can.</summary>
    public static string? FindProblem(Type type) =>
        Problems.GetOrAdd(type, static t => new JsonContractWalk().Visit(t, TypeNames.Of(t)));

    /// <summary>Adjusts how a type is written: computed properties are left out, and a subclass is not cut to its base.</summary>
    public static void Refine(JsonTypeInfo info)
    {
        if (info.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        foreach (var property in info.Properties)
        {
            if (IsComputed(property) && property.AttributeProvider?.IsDefined(typeof(JsonIncludeAttribute), true) != true)
            {
                property.ShouldSerialize = static (_, _) => false;
            }

            JsonNpy.NumericArrayConverterFactory.Refine(info, property);
        }

        if (info.PolymorphismOptions is null)
        {
            var guard = new Guard(info.Type);
            info.OnSerializing = info.OnSerializing is { } before ? guard.Check + before : guard.Check;
        }
    }

    /// <summary>Whether a property is written but neither set nor given to a constructor, and has no field of its own.</summary>
    public static bool IsComputed(JsonPropertyInfo property) =>
        property is { Get: not null, Set: null, AssociatedParameter: null, IsExtensionData: false }
        && property.AttributeProvider is PropertyInfo member
        && BackingField(member) is null;

    /// <summary>The field that the compiler made for a property.</summary>
    public static FieldInfo? BackingField(PropertyInfo property) => property.DeclaringType!.GetField(
        $"<{property.Name}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);

    /// <summary>Looks at each object before it is written.</summary>
    private sealed class Guard(Type type)
    {
        private bool _isChecked;

        public void Check(object value)
        {
            // A value behind a member of type object was not seen when the artifact's type was looked at.
            if (!_isChecked)
            {
                if (FindProblem(type) is { } problem)
                {
                    throw new ValueNotStorableException(problem);
                }

                _isChecked = true;
            }

            if (value.GetType() != type)
            {
                var actual = TypeNames.Of(value.GetType());
                throw new ValueNotStorableException(
                    $"a {actual} stands where {TypeNames.Of(type)} is declared, and only the members of "
                    + $"{TypeNames.Of(type)} would be kept. Put [JsonDerivedType(typeof({actual}), \"{value.GetType().Name}\")] "
                    + $"on {TypeNames.Of(type)}, or declare the member as {actual}.");
            }
        }
    }
}
