using System.Numerics;
using System.Text.Json;

namespace Metaflow.Artifacts.Json;

/// <summary>Text inside a collection.</summary>
internal sealed class LightString : LightJson<string?>
{
    public override void Write(Utf8JsonWriter writer, string? value)
    {
        StringConverter.Check(value);
        writer.WriteStringValue(value);
    }

    public override string? Read(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.String or JsonTokenType.Null ? reader.GetString() : throw new JsonException();
}

/// <summary>Truth values inside a collection.</summary>
internal sealed class LightBoolean : LightJson<bool>
{
    public override void Write(Utf8JsonWriter writer, bool value) => writer.WriteBooleanValue(value);

    public override bool Read(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw new JsonException(),
    };
}

/// <summary>Integers inside a collection.</summary>
internal sealed class LightInt32 : LightJson<int>
{
    public override void Write(Utf8JsonWriter writer, int value) => writer.WriteNumberValue(value);

    public override int Read(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) ? value : throw new JsonException();
}

/// <summary>Long integers inside a collection.</summary>
internal sealed class LightInt64 : LightJson<long>
{
    public override void Write(Utf8JsonWriter writer, long value) => writer.WriteNumberValue(value);

    public override long Read(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value) ? value : throw new JsonException();
}

/// <summary>Floating-point numbers inside a collection.</summary>
internal sealed class LightReal<T> : LightJson<T>
    where T : struct, INumberBase<T>
{
    private static readonly FloatingPointConverter<T> Number = new();

    public override void Write(Utf8JsonWriter writer, T value) => Number.Write(writer, value, null!);

    public override T Read(ref Utf8JsonReader reader) => Number.Read(ref reader, typeof(T), null!);
}
