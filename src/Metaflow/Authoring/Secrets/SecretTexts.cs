using System.Text.Json;

namespace Metaflow;

/// <summary>Reads several secrets from one text. No message shows what was read.</summary>
internal static class SecretTexts
{
    private static readonly JsonDocumentOptions Json = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 4 };

    /// <summary>A JSON object of texts, numbers and booleans.</summary>
    public static IReadOnlyDictionary<string, string> ReadJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Json);
            var secrets = new Dictionary<string, string>();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                secrets[property.Name] = property.Value.ValueKind switch
                {
                    JsonValueKind.String => property.Value.GetString()!,
                    JsonValueKind.Number => property.Value.GetRawText(),
                    JsonValueKind.True => "true",
                    JsonValueKind.False => "false",
                    var kind => throw new MetaflowException($"'{property.Name}' is {kind}, and must be a text."),
                };
            }

            return secrets;
        }
        catch (JsonException fault)
        {
            throw new MetaflowException($"it is no JSON object of texts (line {fault.LineNumber + 1}).");
        }
    }

    /// <summary>Lines <c>NAME=VALUE</c>; empty ones and those that begin with # do not count, and quotes around a value are no part of it.</summary>
    public static IReadOnlyDictionary<string, string> ReadLines(string text)
    {
        var secrets = new Dictionary<string, string>();
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new MetaflowException($"line {number} is not of the form NAME=VALUE.");
            }

            var name = line[..equals].Trim();
            name = name.StartsWith("export ", StringComparison.Ordinal) ? name["export ".Length..].TrimStart() : name;
            secrets[name] = Unquote(line[(equals + 1)..].Trim());
        }

        return secrets;
    }

    /// <summary>Editors end a file with a line end that is no part of the secret.</summary>
    public static string TrimEnd(string text) => text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;

    private static string Unquote(string value) =>
        value is ['"', .., '"'] or ['\'', .., '\''] && value.Length > 1 ? value[1..^1] : value;
}
