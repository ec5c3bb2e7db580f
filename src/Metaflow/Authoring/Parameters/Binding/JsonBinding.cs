using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Metaflow.Binding;

/// <summary>Parameters of any other type: JSON, or <c>@file.json</c>.</summary>
internal static class JsonBinding
{
    private const long MaximumFileSize = 64 << 20;

    // Web defaults, but what is given is checked: a member that does not exist is a typing error, not a wish to ignore.
    // The resolver is named so that programs built with reflection-based JSON switched off still bind parameters.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Converters = { new JsonStringEnumConverter() },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Reads a value from JSON text, or from the file named after an <c>@</c>.</summary>
    /// <exception cref="UsageException">The file or the JSON cannot be read.</exception>
    public static T? Parse<T>(string source, string text)
    {
        var isFile = text.StartsWith('@');
        var json = isFile ? ReadFile(source, text[1..]) : text;
        try
        {
            return JsonSerializer.Deserialize<T>(json, Options);
        }
        catch (JsonException fault)
        {
            var place = isFile ? $"the content of {text[1..]}" : $"'{Shorten(text)}'";
            throw new UsageException(
                $"{source}: {place} is not JSON for {FriendlyName.Of(typeof(T))}: {Reason(fault)}.", fault);
        }
    }

    /// <summary>A value as compact JSON, for help.</summary>
    public static string Format<T>(T value) => JsonSerializer.Serialize(value, Options);

    private static string ReadFile(string source, string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new UsageException($"{source}: the file '{path}' does not exist.");
        }

        if (file.Length > MaximumFileSize)
        {
            throw new UsageException(
                $"{source}: the file '{path}' is {DataSize.Format(file.Length)}; a JSON parameter may have 64 MB. Use an IncludedFile for data.");
        }

        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{source}: the file '{path}' cannot be read: {fault.Message}", fault);
        }
    }

    private static string Reason(JsonException fault)
    {
        var message = fault.Message;
        var details = message.IndexOf(" Path: ", StringComparison.Ordinal);
        var place = fault.Path is { Length: > 0 } path && path != "$" ? $" (at {path})"
            : fault.LineNumber is { } line ? $" (line {line + 1}, byte {fault.BytePositionInLine + 1})"
            : "";
        return (details < 0 ? message : message[..details]).TrimEnd('.') + place;
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 59), "…");
}
