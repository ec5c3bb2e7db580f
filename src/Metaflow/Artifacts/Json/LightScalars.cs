using System.Buffers.Text;
using System.Globalization;
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

/// <summary>Values whose text is short and needs no escaping.</summary>
internal abstract class LightScalar<T> : LightJson<T>
{
    /// <summary>How much room <see cref="Format"/> asks for, in bytes.</summary>
    public abstract int MaximumLength { get; }

    /// <summary>Writes the value's text.</summary>
    /// <returns>Its length.</returns>
    public abstract int Format(T value, Span<byte> text);

    /// <summary>Reads a value's text.</summary>
    /// <returns>Whether the whole text is a value, and one that <see cref="LightJson{T}.Read"/> takes.</returns>
    public abstract bool TryParse(ReadOnlySpan<byte> text, out T value);

    public sealed override void Write(Utf8JsonWriter writer, T value)
    {
        Span<byte> text = stackalloc byte[JsonReal.MaximumLength];
        writer.WriteRawValue(text[..Format(value, text)], skipInputValidation: true);
    }
}

/// <summary>Truth values inside a collection.</summary>
internal sealed class LightBoolean : LightScalar<bool>
{
    public override int MaximumLength => 5;

    public override int Format(bool value, Span<byte> text)
    {
        var word = value ? "true"u8 : "false"u8;
        word.CopyTo(text);
        return word.Length;
    }

    public override bool TryParse(ReadOnlySpan<byte> text, out bool value)
    {
        value = text.SequenceEqual("true"u8);
        return value || text.SequenceEqual("false"u8);
    }

    public override bool Read(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw new JsonException(),
    };
}

/// <summary>Integers inside a collection.</summary>
internal sealed class LightInt32 : LightScalar<int>
{
    public override int MaximumLength => 11;

    public override int Format(int value, Span<byte> text)
    {
        value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        return length;
    }

    public override bool TryParse(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        return JsonText.IsNumber(text) && Utf8Parser.TryParse(text, out value, out var length) && length == text.Length;
    }

    public override int Read(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) ? value : throw new JsonException();
}

/// <summary>Long integers inside a collection.</summary>
internal sealed class LightInt64 : LightScalar<long>
{
    public override int MaximumLength => 20;

    public override int Format(long value, Span<byte> text)
    {
        value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        return length;
    }

    public override bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        return JsonText.IsNumber(text) && Utf8Parser.TryParse(text, out value, out var length) && length == text.Length;
    }

    public override long Read(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value) ? value : throw new JsonException();
}

/// <summary>Floating-point numbers inside a collection.</summary>
internal sealed class LightReal<T> : LightScalar<T>
    where T : struct, INumberBase<T>
{
    private static readonly FloatingPointConverter<T> Number = new();

    public override int MaximumLength => JsonReal.MaximumLength;

    public override int Format(T value, Span<byte> text) => JsonReal.Format(value, text);

    public override bool TryParse(ReadOnlySpan<byte> text, out T value) => JsonReal.TryParse(text, out value);

    public override T Read(ref Utf8JsonReader reader) => Number.Read(ref reader, typeof(T), null!);
}
