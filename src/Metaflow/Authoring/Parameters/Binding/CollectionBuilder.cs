using System.Collections.Immutable;

namespace Metaflow.Binding;

/// <summary>Makes a list, array or set of parsed elements, in the type that the property declares.</summary>
internal abstract class CollectionBuilder
{
    private static readonly HashSet<Type> ArrayInterfaces =
    [
        typeof(IEnumerable<>), typeof(IReadOnlyCollection<>), typeof(IReadOnlyList<>),
    ];

    /// <summary>The type of the elements; <see langword="null"/> if the type is no collection that can be built.</summary>
    public static Type? ElementOf(Type type)
    {
        if (type.IsSZArray)
        {
            return type.GetElementType();
        }

        return type.IsGenericType && type.GenericTypeArguments.Length == 1 && Shape(type) is not null
            ? type.GenericTypeArguments[0]
            : null;
    }

    /// <summary>Builds a collection.</summary>
    /// <param name="type">A type that <see cref="ElementOf"/> accepts.</param>
    /// <param name="elements">The elements; each is of the element type.</param>
    public static object Build(Type type, IReadOnlyList<object> elements)
    {
        var element = ElementOf(type)!;
        var builder =
            element == typeof(string) ? new Typed<string>()
            : element == typeof(int) ? new Typed<int>()
            : element == typeof(double) ? new Typed<double>()
            : (CollectionBuilder)Activator.CreateInstance(typeof(Typed<>).MakeGenericType(element))!;
        return builder.Create(type.IsSZArray ? typeof(IReadOnlyList<>) : Shape(type)!, elements);
    }

    protected abstract object Create(Type shape, IReadOnlyList<object> elements);

    private static Type? Shape(Type type)
    {
        var shape = type.GetGenericTypeDefinition();
        return ArrayInterfaces.Contains(shape)
            || shape == typeof(List<>) || shape == typeof(IList<>) || shape == typeof(ICollection<>)
            || shape == typeof(HashSet<>) || shape == typeof(ISet<>) || shape == typeof(IReadOnlySet<>)
            || shape == typeof(SortedSet<>)
            || shape == typeof(ImmutableArray<>) || shape == typeof(ImmutableList<>) || shape == typeof(IImmutableList<>)
            || shape == typeof(ImmutableHashSet<>) || shape == typeof(IImmutableSet<>)
                ? shape
                : null;
    }

    private sealed class Typed<T> : CollectionBuilder
    {
        protected override object Create(Type shape, IReadOnlyList<object> elements)
        {
            var items = new T[elements.Count];
            for (var i = 0; i < items.Length; i++)
            {
                items[i] = (T)elements[i];
            }

            return ArrayInterfaces.Contains(shape) ? items
                : shape == typeof(List<>) || shape == typeof(IList<>) || shape == typeof(ICollection<>) ? new List<T>(items)
                : shape == typeof(SortedSet<>) ? new SortedSet<T>(items)
                : shape == typeof(ImmutableArray<>) ? ImmutableArray.Create(items)
                : shape == typeof(ImmutableList<>) || shape == typeof(IImmutableList<>) ? ImmutableList.Create(items)
                : shape == typeof(ImmutableHashSet<>) || shape == typeof(IImmutableSet<>) ? ImmutableHashSet.Create(items)
                : new HashSet<T>(items);
        }
    }
}
