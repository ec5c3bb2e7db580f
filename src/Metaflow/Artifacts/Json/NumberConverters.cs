using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metaflow.Artifacts.Json;

/// <summary>Floating-point numbers and decimals, read only when they are held exactly; NaN and infinities by name.</summary>
internal sealed class FloatingPointConverter<T> : JsonConverter<T>
    where T : struct, INumberBase<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.Number => Parse(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan),
            JsonTokenType.String when typeof(T) != typeof(decimal) => Named(ref reader),
            _ => throw new JsonException($"The JSON value is not a number for {TypeNames.Of(typeof(T))}."),
        };

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[JsonReal.MaximumLength];
        writer.WriteRawValue(text[..JsonReal.Format(value, text)], skipInputValidation: true);
    }

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var name = Encoding.UTF8.GetBytes(reader.GetString()!);
        return JsonText.IsNumber(name) ? Parse(name) : Named(ref reader);
    }

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value.ToString(null, CultureInfo.InvariantCulture));

    private static T Parse(ReadOnlySpan<byte> text) => ExactNumber.TryParse<T>(text, out var value)
        ? value
        : throw new JsonException($"A number does not fit {TypeNames.Of(typeof(T))} without loss.");

    private static T Named(ref Utf8JsonReader reader) => reader.GetString() switch
    {
        "NaN" => T.CreateChecked(double.NaN),
        "Infinity" or "∞" => T.CreateChecked(double.PositiveInfinity),
        "-Infinity" or "-∞" => T.CreateChecked(double.NegativeInfinity),
        _ => throw new JsonException($"The JSON value is a text, not a number for {TypeNames.Of(typeof(T))}."),
    };
}

/// <summary>Integers of any size, as JSON numbers.</summary>
internal sealed class BigIntegerConverter : JsonConverter<BigInteger>
{
    public override BigInteger Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number
            ? Parse(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan)
            : throw new JsonException("The JSON value is not an integer.");

    public override void Write(Utf8JsonWriter writer, BigInteger value, JsonSerializerOptions options) =>
        writer.WriteRawValue(Text(value), skipInputValidation: true);

    public override BigInteger ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Parse(Encoding.UTF8.GetBytes(reader.GetString()!));

    public override void WriteAsPropertyName(Utf8JsonWriter writer, BigInteger value, JsonSerializerOptions options) =>
        writer.WritePropertyName(Text(value));

    private static string Text(BigInteger value)
    {
        var text = value.ToString(CultureInfo.InvariantCulture);
        return text.Length <= ExactNumber.MaximumDigits
            ? text
            : throw new ValueNotStorableException(
                $"an integer in it has {text.Length} digits, and {ExactNumber.MaximumDigits} is the most. Store it as byte[].");
    }

    private static BigInteger Parse(ReadOnlySpan<byte> text) => ExactNumber.TryParse<BigInteger>(text, out var value)
        ? value
        : throw new JsonException("The JSON value is not an integer of a storable size.");
}

/// <summary>Complex numbers, as <c>[real, imaginary]</c>.</summary>
internal sealed class ComplexConverter : JsonConverter<Complex>
{
    private static readonly FloatingPointConverter<double> Part = new();

    public override Complex Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var isArray = reader.TokenType == JsonTokenType.StartArray;
        if (!isArray || !reader.Read())
        {
            throw Mismatch();
        }

        var real = Part.Read(ref reader, typeof(double), options);
        if (!reader.Read())
        {
            throw Mismatch();
        }

        var imaginary = Part.Read(ref reader, typeof(double), options);
        return reader.Read() && reader.TokenType == JsonTokenType.EndArray ? new(real, imaginary) : throw Mismatch();
    }

    public override void Write(Utf8JsonWriter writer, Complex value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        Part.Write(writer, value.Real, options);
        Part.Write(writer, value.Imaginary, options);
        writer.WriteEndArray();
    }

    private static JsonException Mismatch() => new("The JSON value is not an array of two numbers, a complex number.");
}
