using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Metaflow.Artifacts.JsonNpy;

/// <summary>Arrays and memory of numbers inside objects: packed where they are long, else JSON as the serializer writes it.</summary>
internal sealed class NumericArrayConverterFactory : JsonConverterFactory
{
    private interface IMaker
    {
        JsonConverter Make(Type type, JsonSerializerOptions options);
    }

    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsArray
        ? Npy.NpyType.Of(typeToConvert.GetElementType()!) is not null
        : typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() is var shell
            && (shell == typeof(Memory<>) || shell == typeof(ReadOnlyMemory<>))
            && Npy.NpyType.Of(typeToConvert.GetGenericArguments()[0]) is not null;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        Make(typeof(ArrayMaker<>), typeToConvert.GetElementType() ?? typeToConvert.GetGenericArguments()[0], typeToConvert, options);

    /// <summary>
    /// Lets a member that is a list of numbers be packed. Not a converter of all lists: one that is filled in place, or
    /// has numbers as text, must stay the serializer's.
    /// </summary>
    public static void Refine(JsonTypeInfo info, JsonPropertyInfo property)
    {
        if ((property.NumberHandling ?? info.NumberHandling) is { } handling && property.CustomConverter is null
            && HasNumbersAsText(property.PropertyType))
        {
            property.NumberHandling = null;
            property.CustomConverter = (JsonConverter)Activator.CreateInstance(
                typeof(PlainConverter<>).MakeGenericType(property.PropertyType), info.Options, handling)!;
            return;
        }

        if (property is { CustomConverter: null, NumberHandling: null } && info.NumberHandling is null
            && property.ObjectCreationHandling != JsonObjectCreationHandling.Populate
            && info.PreferredPropertyObjectCreationHandling != JsonObjectCreationHandling.Populate
            && property.PropertyType is { IsGenericType: true } type && IsSequence(type.GetGenericTypeDefinition())
            && type.GetGenericArguments()[0] is var element && element != typeof(byte) && Npy.NpyType.Of(element) is not null)
        {
            property.CustomConverter = Make(typeof(SequenceMaker<>), element, type, info.Options);
        }
    }

    /// <summary>Whether the serializer's own converter writes the numbers as [JsonNumberHandling] says.</summary>
    private static bool HasNumbersAsText(Type type) =>
        (type.IsSZArray || type.IsGenericType) && new NumericArrayConverterFactory().CanConvert(type)
        && (type.GetElementType() ?? type.GetGenericArguments()[0]) != typeof(byte);

    private static bool IsSequence(Type shell) =>
        shell == typeof(List<>) || shell == typeof(IReadOnlyList<>) || shell == typeof(IEnumerable<>) || shell == typeof(IReadOnlyCollection<>);

    private static JsonConverter Make(Type maker, Type element, Type type, JsonSerializerOptions options) =>
        ((IMaker)Activator.CreateInstance(maker.MakeGenericType(element))!).Make(type, options);

    private sealed class ArrayMaker<T> : IMaker
        where T : unmanaged
    {
        public JsonConverter Make(Type type, JsonSerializerOptions options)
        {
            var numbers = new NumberList<T>(options);
            return type == typeof(T[]) ? new NumericArrayConverter<T>(numbers)
                : type.IsArray ? (JsonConverter)Activator.CreateInstance(typeof(NumericGridConverter<,>).MakeGenericType(type, typeof(T)), options)!
                : type == typeof(Memory<T>) ? new NumericMemoryConverter<Memory<T>, T>(numbers, memory => memory, array => array)
                : new NumericMemoryConverter<ReadOnlyMemory<T>, T>(numbers, memory => memory, array => array);
        }
    }

    private sealed class SequenceMaker<T> : IMaker
        where T : unmanaged
    {
        public JsonConverter Make(Type type, JsonSerializerOptions options)
        {
            var numbers = new NumberList<T>(options);
            return type == typeof(List<T>) ? new NumericSequenceConverter<List<T>, T>(numbers)
                : type == typeof(IReadOnlyList<T>) ? new NumericSequenceConverter<IReadOnlyList<T>, T>(numbers)
                : type == typeof(IEnumerable<T>) ? new NumericSequenceConverter<IEnumerable<T>, T>(numbers)
                : new NumericSequenceConverter<IReadOnlyCollection<T>, T>(numbers);
        }
    }
}

/// <summary>A member whose author has said how its numbers are written: as the serializer does that without this factory.</summary>
internal sealed class PlainConverter<T>(JsonSerializerOptions options, JsonNumberHandling handling) : JsonConverter<T>
{
    private readonly Lazy<JsonTypeInfo<T>> _info = new(() =>
    {
        var plain = new JsonSerializerOptions(options) { NumberHandling = handling };
        plain.Converters.Remove(plain.Converters.First(converter => converter is NumericArrayConverterFactory));
        return (JsonTypeInfo<T>)plain.GetTypeInfo(typeof(T));
    });

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize(ref reader, _info.Value)!;

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, _info.Value);
}

/// <summary>Numbers as a JSON array, or bytes as Base64.</summary>
internal sealed class NumberList<T>(JsonSerializerOptions options)
    where T : unmanaged
{
    private JsonConverter<T>? _element;

    // Asked for when it is needed: the options are not complete while their converters are made.
    private JsonConverter<T> Element => _element ??= (JsonConverter<T>)options.GetConverter(typeof(T));

    public void Write(Utf8JsonWriter writer, ReadOnlySpan<T> numbers)
    {
        if (typeof(T) == typeof(byte))
        {
            writer.WriteBase64StringValue(MemoryMarshal.AsBytes(numbers));
            return;
        }

        writer.WriteStartArray();
        foreach (var number in numbers)
        {
            Element.Write(writer, number, options);
        }

        writer.WriteEndArray();
    }

    public List<T> Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException($"The JSON value is not an array of {TypeNames.Of(typeof(T))}.");
        }

        var numbers = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            numbers.Add(Element.Read(ref reader, typeof(T), options));
        }

        return numbers;
    }

    public T[] ReadArray(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.StartObject ? ArrayPacking<T>.Instance!.Read(ref reader)
        : typeof(T) == typeof(byte) ? (T[])(object)reader.GetBytesFromBase64()
        : [.. Read(ref reader)];
}

/// <inheritdoc cref="NumericArrayConverterFactory"/>
internal sealed class NumericArrayConverter<T>(NumberList<T> numbers) : JsonConverter<T[]>
    where T : unmanaged
{
    public override T[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => numbers.ReadArray(ref reader);

    public override void Write(Utf8JsonWriter writer, T[] value, JsonSerializerOptions options)
    {
        if (!ArrayPacking<T>.Instance!.TryWrite(writer, value))
        {
            numbers.Write(writer, value);
        }
    }
}

/// <inheritdoc cref="NumericArrayConverterFactory"/>
internal sealed class NumericMemoryConverter<TMemory, T>(
    NumberList<T> numbers, Func<TMemory, ReadOnlyMemory<T>> wrap, Func<T[], TMemory> unwrap) : JsonConverter<TMemory>
    where T : unmanaged
{
    /// <summary>What was null, when the member was an array, is empty memory.</summary>
    public override bool HandleNull => true;

    public override TMemory Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        unwrap(reader.TokenType == JsonTokenType.Null ? [] : numbers.ReadArray(ref reader));

    public override void Write(Utf8JsonWriter writer, TMemory value, JsonSerializerOptions options)
    {
        var span = wrap(value).Span;
        if (!ArrayPacking<T>.Instance!.TryWrite(writer, span))
        {
            numbers.Write(writer, span);
        }
    }
}

/// <inheritdoc cref="NumericArrayConverterFactory"/>
internal sealed class NumericSequenceConverter<TSequence, T>(NumberList<T> numbers) : JsonConverter<TSequence>
    where TSequence : class, IEnumerable<T>
    where T : unmanaged
{
    public override TSequence Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => (TSequence)(object)(
        reader.TokenType == JsonTokenType.StartObject ? [.. ArrayPacking<T>.Instance!.Read(ref reader)] : numbers.Read(ref reader));

    public override void Write(Utf8JsonWriter writer, TSequence value, JsonSerializerOptions options)
    {
        if (value is T[] array)
        {
            if (!ArrayPacking<T>.Instance!.TryWrite(writer, array))
            {
                numbers.Write(writer, array);
            }

            return;
        }

        var span = CollectionsMarshal.AsSpan(value as List<T> ?? [.. value]);
        if (!ArrayPacking<T>.Instance!.TryWrite(writer, span))
        {
            numbers.Write(writer, span);
        }
    }
}
