using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Metaflow.Storage;

/// <summary>Small helpers for the JSON headers of records. Unknown fields are skipped, so that a newer writer can add some.</summary>
internal static class JsonFields
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <summary>Writes one JSON object; the result is valid until the next call on this thread.</summary>
    public static ReadOnlySpan<byte> Write<TState>(TState state, Action<Utf8JsonWriter, TState> fields)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        var writer = _writer ??= new Utf8JsonWriter(buffer, new() { SkipValidation = true });
        writer.Reset(buffer);
        writer.WriteStartObject();
        fields(writer, state);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan;
    }

    /// <summary>Moves to the beginning of the object that the bytes are.</summary>
    public static void BeginObject(ref this Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("It is not an object of fields.");
        }
    }

    /// <summary>The text at the reader; null is not one.</summary>
    public static string GetText(ref this Utf8JsonReader reader) => reader.GetString() ?? throw new JsonException("A text is null.");

    /// <summary>Moves to the next property of the object and onto its value; false at the object's end.</summary>
    public static bool NextProperty(ref this Utf8JsonReader reader, out ReadOnlySpan<byte> name)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.PropertyName)
        {
            name = default;
            return reader.TokenType == JsonTokenType.EndObject ? false : throw new JsonException("A field is not where it should be.");
        }

        name = reader.ValueSpan;
        reader.Read();
        return true;
    }

    /// <summary>Moves to the next element of the array; false at the array's end.</summary>
    public static bool NextElement(ref this Utf8JsonReader reader) => reader.Read() && reader.TokenType != JsonTokenType.EndArray;

    public static List<string> GetStrings(ref this Utf8JsonReader reader)
    {
        var list = new List<string>();
        while (reader.NextElement())
        {
            list.Add(reader.GetString() ?? "");
        }

        return list;
    }

    /// <summary>Addresses are 64-bit and do not fit JSON's safe integers; they are 16 hexadecimal digits.</summary>
    public static void WriteAddress(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, RecordAddress address)
    {
        writer.WritePropertyName(name);
        writer.WriteAddressValue(address);
    }

    public static void WriteAddressValue(this Utf8JsonWriter writer, RecordAddress address)
    {
        Span<byte> text = stackalloc byte[16];
        address.Value.TryFormat(text, out _, "x16", CultureInfo.InvariantCulture);
        writer.WriteStringValue(text);
    }

    public static RecordAddress GetAddress(ref this Utf8JsonReader reader) =>
        ulong.TryParse(reader.ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? new(value)
            : throw new JsonException("A record address is not 16 hexadecimal digits.");

    public static void WriteStrings(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
