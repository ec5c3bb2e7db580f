using System.Buffers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metaflow.Artifacts.Json;

/// <summary>Single enum values: by name, flags as names with commas, values without a name as numbers.</summary>
internal sealed class EnumSerializer<T> : Serializer<T>
    where T : struct, Enum
{
    public override ArtifactContent Encode(string name, T value)
    {
        var text = value.ToString();
        var isNumber = text[0] == '-' || char.IsAsciiDigit(text[0]);
        return new(
            Encodings.Json, new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(isNumber ? text : string.Concat("\"", text, "\""))));
    }

    public override T Decode(in StoredContent content)
    {
        if (content.Encoding != Encodings.Json)
        {
            throw ArtifactErrors.WrongEncoding<T>(content);
        }

        try
        {
            var reader = new Utf8JsonReader(content.Bytes);
            if (reader.Read() && TryRead(ref reader, out var value) && !reader.Read())
            {
                return value;
            }
        }
        catch (JsonException e)
        {
            throw ArtifactErrors.CannotRead<T>(content, "it is not valid JSON.", e);
        }
        catch (InvalidOperationException e)
        {
            throw ArtifactErrors.CannotRead<T>(content, "its text is not valid UTF-8.", e);
        }

        throw ArtifactErrors.CannotRead<T>(
            content, $"it is not one of {string.Join(", ", Enum.GetNames<T>().Take(20))}. Read it as string or JsonElement.");
    }

    private static bool TryRead(ref Utf8JsonReader reader, out T value)
    {
        value = default;
        var text = reader.TokenType switch
        {
            JsonTokenType.String when reader.GetString() is { Length: > 0 } name && !IsNumber(name) => name,
            JsonTokenType.Number => Encoding.ASCII.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan),
            _ => null,
        };

        // Enum.TryParse also takes numbers, checked against the width of the enum.
        return text is not null && Enum.TryParse(text, ignoreCase: false, out value);
    }

    private static bool IsNumber(string text) => text.AsSpan().TrimStart() is [var c, ..] && (c is '-' or '+' || char.IsAsciiDigit(c));
}

/// <summary>Tells enums that are written by their C# names from those that say otherwise.</summary>
internal static class EnumSerializers
{
    /// <summary>Whether attributes change how the enum is written in JSON.</summary>
    public static bool HasOwnNames(Type type) =>
        type.IsDefined(typeof(JsonConverterAttribute), inherit: false)
        || type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Any(field => field.IsDefined(typeof(JsonStringEnumMemberNameAttribute), inherit: false));
}
