using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Metaflow.Artifacts.Json;

/// <summary>Dictionaries with text as keys.</summary>
internal sealed class LightDictionary<TDictionary, T>(LightJson<T> element, Func<Dictionary<string, T>, TDictionary> convert)
    : LightJson<TDictionary?>
    where TDictionary : class, IEnumerable<KeyValuePair<string, T>>
{
    /// <summary>The length of <c>"a":1,</c>, the shortest member of many.</summary>
    private const int LeastMember = 6;

    public override void Write(Utf8JsonWriter writer, TDictionary? value)
    {
        if (value is null)
        {
            writer.WriteNullValue();
            return;
        }

        var items = new RawItems(writer, stackalloc byte[RawItems.BufferLength]);
        writer.WriteStartObject();
        if (value is Dictionary<string, T> dictionary)
        {
            // Its own enumerator costs nothing.
            foreach (var (key, item) in dictionary)
            {
                WriteItem(writer, ref items, key, item);
            }
        }
        else
        {
            foreach (var (key, item) in value)
            {
                WriteItem(writer, ref items, key, item);
            }
        }

        items.Flush();
        writer.WriteEndObject();
    }

    public override TDictionary? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        var items = new Dictionary<string, T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (!items.TryAdd(key, element.Read(ref reader)))
            {
                throw new JsonException();
            }
        }

        return convert(items);
    }

    public override bool TryReadWritten(ReadOnlySpan<byte> text, [MaybeNullWhen(false)] out TDictionary value)
    {
        value = null;
        if (element is not LightScalar<T> scalar || text is not [(byte)'{', .., (byte)'}'])
        {
            return false;
        }

        var rest = text[1..];
        if (rest.Length == 1)
        {
            value = convert([]);
            return true;
        }

        // A comma ends each member but the last; those in names only make it a little roomier.
        var items = new Dictionary<string, T>(Math.Min(rest.Count((byte)','), rest.Length / LeastMember) + 1);
        while (TryTakeName(ref rest, out var name))
        {
            // A name of a number is text too, but has neither of these.
            var end = rest.IndexOfAny((byte)',', (byte)'}');
            if (end < 0 || !scalar.TryParse(rest[..end], out var item) || !items.TryAdd(name, item))
            {
                return false;
            }

            var isLast = rest[end] == '}';
            rest = rest[(end + 1)..];
            if (isLast)
            {
                value = rest.IsEmpty ? convert(items) : null;
                return value is not null;
            }
        }

        return false;
    }

    /// <summary>Takes a name without escapes, its quotes and the colon.</summary>
    private static bool TryTakeName(ref ReadOnlySpan<byte> rest, [MaybeNullWhen(false)] out string name)
    {
        name = null;
        if (!rest.StartsWith((byte)'"'))
        {
            return false;
        }

        var end = 1;
        var isAscii = true;
        while (end < rest.Length && rest[end] is not (byte)'"' and not (byte)'\\' and >= (byte)' ' and var c)
        {
            isAscii &= c < 0x80;
            end++;
        }

        if (rest.Length - end < 2 || rest[end] != '"' || rest[end + 1] != ':')
        {
            return false;
        }

        var bytes = rest[1..end];
        if (!isAscii && !Utf8.IsValid(bytes))
        {
            return false;
        }

        name = Encoding.UTF8.GetString(bytes);
        rest = rest[(end + 2)..];
        return true;
    }

    private void WriteItem(Utf8JsonWriter writer, scoped ref RawItems items, string key, T item)
    {
        if (element is LightScalar<T> scalar && RawItems.IsPlain(key))
        {
            var text = items.Reserve(key.Length + 3 + scalar.MaximumLength);
            var length = RawItems.WriteName(key, text);
            items.Advance(length + scalar.Format(item, text[length..]));
            return;
        }

        items.Flush();
        StringConverter.Check(key);
        writer.WritePropertyName(key);
        element.Write(writer, item);
    }
}
