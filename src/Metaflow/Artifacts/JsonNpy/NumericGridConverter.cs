using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Metaflow.Artifacts.Json;

namespace Metaflow.Artifacts.JsonNpy;

/// <summary>Arrays of two and more dimensions inside objects: packed where they are long, else JSON arrays of arrays.</summary>
internal sealed class NumericGridConverter<TArray, T>(JsonSerializerOptions options) : JsonConverter<TArray>
    where TArray : class
    where T : unmanaged
{
    private static readonly int Rank = typeof(TArray).GetArrayRank();

    private JsonConverter<T>? _element;

    // Asked for when it is needed: the options are not complete while their converters are made.
    private JsonConverter<T> Element => _element ??= (JsonConverter<T>)options.GetConverter(typeof(T));

    public override void Write(Utf8JsonWriter writer, TArray value, JsonSerializerOptions options)
    {
        var array = (Array)(object)value;
        Span<int> shape = stackalloc int[Rank];
        for (var dimension = 0; dimension < Rank; dimension++)
        {
            shape[dimension] = array.GetLowerBound(dimension) == 0
                ? array.GetLength(dimension)
                : throw new ValueNotStorableException(
                    $"dimension {dimension} of an array begins at {array.GetLowerBound(dimension)}. Copy it into an array that begins at 0.");
        }

        if (ArrayPacker.Current?.TryTake<T>(writer, array, shape) != true)
        {
            Write(writer, Elements(array), shape);
        }
    }

    public override TArray Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.StartObject && ArrayUnpacker.Current is { } unpacker)
        {
            return (TArray)(object)unpacker.Read<T>(ref reader, Rank);
        }

        var numbers = new List<T>();
        var shape = new int[Rank];
        Array.Fill(shape, -1);
        Read(ref reader, shape, numbers);
        var array = Array.CreateInstance(typeof(T), Array.ConvertAll(shape, length => Math.Max(length, 0)));
        CollectionsMarshal.AsSpan(numbers).CopyTo(Elements(array));
        return (TArray)(object)array;
    }

    private static Span<T> Elements(Array array) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);

    private void Write(Utf8JsonWriter writer, ReadOnlySpan<T> elements, ReadOnlySpan<int> shape)
    {
        writer.WriteStartArray();
        var part = shape[0] == 0 ? 0 : elements.Length / shape[0];
        for (var index = 0; index < shape[0]; index++)
        {
            if (shape.Length == 1)
            {
                Element.Write(writer, elements[index], options);
            }
            else
            {
                Write(writer, elements.Slice(index * part, part), shape[1..]);
            }
        }

        writer.WriteEndArray();
    }

    private void Read(ref Utf8JsonReader reader, Span<int> shape, List<T> numbers)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException($"The JSON value is not a {TypeNames.Of(typeof(TArray))}, an array of arrays.");
        }

        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            count++;
            if (shape.Length == 1)
            {
                numbers.Add(Element.Read(ref reader, typeof(T), options));
            }
            else
            {
                Read(ref reader, shape[1..], numbers);
            }
        }

        shape[0] = shape[0] < 0 || shape[0] == count
            ? count
            : throw new JsonException($"The rows of a {TypeNames.Of(typeof(TArray))} are not of one length.");
    }
}
