using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Metaflow.Artifacts.Json;

/// <summary>Reads a value of a type that JSON keeps as a string.</summary>
internal delegate bool QuotedParser<T>(ref Utf8JsonReader reader, out T value);

/// <summary>
/// Single values of types that JSON keeps as a string and whose text needs no escaping: dates, times, GUIDs.
/// </summary>
internal sealed class QuotedSerializer<T>(Func<T, string> format, QuotedParser<T> parse) : Serializer<T>
    where T : struct, IUtf8SpanFormattable
{
    private const int MaximumTextLength = 64;

    public override ArtifactContent Encode(string name, T value)
    {
        Span<byte> text = stackalloc byte[MaximumTextLength];
        text[0] = (byte)'"';
        if (!value.TryFormat(text[1..^1], out var length, format(value), CultureInfo.InvariantCulture))
        {
            throw new InvalidOperationException($"{typeof(T)} is longer than {MaximumTextLength} characters.");
        }

        text[length + 1] = (byte)'"';
        return new(Encodings.Json, new ReadOnlySequence<byte>(text[..(length + 2)].ToArray()));
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
            if (reader.Read() && reader.TokenType == JsonTokenType.String && parse(ref reader, out var value) && !reader.Read())
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

        throw ArtifactErrors.CannotRead<T>(content, "the text in it has another form. Read it as string or JsonElement.");
    }
}
