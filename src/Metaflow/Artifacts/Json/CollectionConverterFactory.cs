using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Metaflow.Artifacts.Json;

/// <summary>
/// Collections that System.Text.Json cannot read, or reads in the wrong order: a stack is written from the bottom up, so
/// that it is the same stack afterwards.
/// </summary>
internal sealed class CollectionConverterFactory : JsonConverterFactory
{
    private static readonly Dictionary<Type, Type> Makers = new()
    {
        [typeof(Stack<>)] = typeof(Maker<>),
        [typeof(ConcurrentStack<>)] = typeof(Maker<>),
        [typeof(ImmutableStack<>)] = typeof(Maker<>),
        [typeof(IImmutableStack<>)] = typeof(Maker<>),
        [typeof(ConcurrentBag<>)] = typeof(Maker<>),
        [typeof(ReadOnlyCollection<>)] = typeof(Maker<>),
        [typeof(IReadOnlySet<>)] = typeof(Maker<>),
        [typeof(ReadOnlySet<>)] = typeof(Maker<>),
        [typeof(FrozenSet<>)] = typeof(Maker<>),
        [typeof(FrozenDictionary<,>)] = typeof(Maker<,>),
        [typeof(ReadOnlyDictionary<,>)] = typeof(Maker<,>),
    };

    private interface IMaker
    {
        JsonConverter Make(Type shell);
    }

    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && Makers.ContainsKey(typeToConvert.GetGenericTypeDefinition());

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options)
    {
        var shell = typeToConvert.GetGenericTypeDefinition();
        var maker = Makers[shell].MakeGenericType(typeToConvert.GetGenericArguments());
        return ((IMaker)Activator.CreateInstance(maker)!).Make(shell);
    }

    private sealed class Maker<T> : IMaker
    {
        public JsonConverter Make(Type shell) =>
            shell == typeof(Stack<>) ? Of<Stack<T>>(stack => stack.Reverse(), list => new(list))
            : shell == typeof(ConcurrentStack<>) ? Of<ConcurrentStack<T>>(stack => stack.Reverse(), list => new(list))
            : shell == typeof(ImmutableStack<>) ? Of<ImmutableStack<T>>(stack => stack.Reverse(), ImmutableStack.CreateRange)
            : shell == typeof(IImmutableStack<>) ? Of<IImmutableStack<T>>(stack => stack.Reverse(), ImmutableStack.CreateRange)
            : shell == typeof(ConcurrentBag<>) ? Of<ConcurrentBag<T>>(bag => bag, list => new(list))
            : shell == typeof(ReadOnlyCollection<>) ? Of<ReadOnlyCollection<T>>(items => items, list => new(list))
            : shell == typeof(IReadOnlySet<>) ? Of<IReadOnlySet<T>>(set => set, list => new HashSet<T>(list))
            : shell == typeof(ReadOnlySet<>) ? Of<ReadOnlySet<T>>(set => set, list => new(new HashSet<T>(list)))
            : Of<FrozenSet<T>>(set => set, list => list.ToFrozenSet());

        private static CollectionConverter<TCollection, IEnumerable<T>, List<T>> Of<TCollection>(
            Func<TCollection, IEnumerable<T>> write, Func<List<T>, TCollection> build)
            where TCollection : class => new(write, build);
    }

    private sealed class Maker<TKey, TValue> : IMaker
        where TKey : notnull
    {
        public JsonConverter Make(Type shell) => shell == typeof(FrozenDictionary<,>)
            ? Of<FrozenDictionary<TKey, TValue>>(items => items.ToFrozenDictionary())
            : Of<ReadOnlyDictionary<TKey, TValue>>(items => new(items));

        private static CollectionConverter<TCollection, IReadOnlyDictionary<TKey, TValue>, Dictionary<TKey, TValue>> Of<TCollection>(
            Func<Dictionary<TKey, TValue>, TCollection> build)
            where TCollection : class, IReadOnlyDictionary<TKey, TValue> => new(items => items, build);
    }
}

/// <summary>A collection that is written and read by way of others.</summary>
internal sealed class CollectionConverter<TCollection, TWritten, TRead>(
    Func<TCollection, TWritten> write, Func<TRead, TCollection> build) : JsonConverter<TCollection>
    where TCollection : class
{
    public override TCollection? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize(ref reader, (JsonTypeInfo<TRead>)options.GetTypeInfo(typeof(TRead))) is { } items
            ? build(items)
            : null;

    public override void Write(Utf8JsonWriter writer, TCollection value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, write(value), (JsonTypeInfo<TWritten>)options.GetTypeInfo(typeof(TWritten)));
}
