using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metaflow.Artifacts.Json;

/// <summary>Strings, refusing halves of surrogate pairs, which would silently become another character.</summary>
internal sealed class StringConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        Check(value);
        writer.WriteStringValue(value);
    }

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString()!;

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        Check(value);
        writer.WritePropertyName(value);
    }

    internal static void Check(ReadOnlySpan<char> text)
    {
        var i = text.IndexOfAnyInRange('\ud800', '\udfff');
        while (i >= 0)
        {
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
            {
                throw new ValueNotStorableException(
                    $"a string in it has half of a surrogate pair at position {i}, which UTF-8 cannot keep. "
                    + "Store binary data as byte[], or mend the text.");
            }

            var next = text[(i + 2)..].IndexOfAnyInRange('\ud800', '\udfff');
            i = next < 0 ? -1 : i + 2 + next;
        }
    }
}

/// <summary>Characters, refusing halves of surrogate pairs.</summary>
internal sealed class CharConverter : JsonConverter<char>
{
    public override char Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.GetString() is [var c]
            ? c
            : throw new JsonException("The JSON value is not a string of one character.");

    public override void Write(Utf8JsonWriter writer, char value, JsonSerializerOptions options)
    {
        StringConverter.Check([value]);
        writer.WriteStringValue([value]);
    }

    public override char ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is [var c] ? c : throw new JsonException("The JSON property name is not one character.");

    public override void WriteAsPropertyName(Utf8JsonWriter writer, char value, JsonSerializerOptions options)
    {
        StringConverter.Check([value]);
        writer.WritePropertyName([value]);
    }
}
