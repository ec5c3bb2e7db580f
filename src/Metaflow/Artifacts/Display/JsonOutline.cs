using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Metaflow.Artifacts.Json;

namespace Metaflow.Artifacts.Display;

/// <summary>What a JSON value is, without its content.</summary>
internal sealed record JsonOutline(JsonTokenType Kind, long Count, IReadOnlyList<string> Names)
{
    private const int ShownNames = 5;
    private const int MaximumName = 40;

    /// <summary>Reads a value to its end, so that what is called JSON is JSON.</summary>
    public static bool TryRead(in ReadOnlySequence<byte> content, out JsonOutline? outline)
    {
        outline = null;
        try
        {
            var reader = new Utf8JsonReader(content, JsonFormat.ReaderOptions);
            reader.Read();
            var kind = reader.TokenType;
            var count = 0L;
            var names = new List<string>();
            var isObject = kind == JsonTokenType.StartObject;
            while (reader.Read())
            {
                if (reader.CurrentDepth != 1 || reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
                {
                    continue;
                }

                if (isObject && reader.TokenType == JsonTokenType.PropertyName)
                {
                    count++;
                    if (names.Count < ShownNames)
                    {
                        names.Add(Short(reader.GetString()!));
                    }
                }
                else if (!isObject)
                {
                    count++;
                }
            }

            outline = new(kind, count, names);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    public override string ToString() => Kind switch
    {
        JsonTokenType.StartObject => string.Create(
            CultureInfo.InvariantCulture,
            $"an object of {Count:N0} members: {string.Join(", ", Names)}{(Count > Names.Count ? ", …" : "")}"),
        JsonTokenType.StartArray => string.Create(CultureInfo.InvariantCulture, $"an array of {Count:N0} values"),
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };

    private static string Short(string name) => name.Length <= MaximumName ? name : name[..MaximumName] + "…";
}
