using System.Text.Json;
using Metaflow.Storage;

namespace Metaflow.Metadata.Records;

/// <summary>
/// What a run was executed with, so that a later run can tell which tasks would do the same. The user's assemblies are in
/// the record's body, as artifacts of task data; see docs/formats/run-records.md.
/// </summary>
internal sealed record CodeRecord
{
    /// <summary>The full name of the flow's class.</summary>
    public required string FlowClass { get; init; }

    /// <summary>What the user's assemblies stand on: the runtime, the machine's settings and each other file, with its hash.</summary>
    public IReadOnlyDictionary<string, string> Foundation { get; init; } = new Dictionary<string, string>();

    /// <summary>By step, what it declares to depend on outside of the program: each with a hash of what it was.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Externals { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    public byte[] Write() => JsonFields.Write(this, static (json, code) =>
    {
        json.WriteString("class"u8, code.FlowClass);
        WriteTexts(json, "foundation", code.Foundation);
        json.WriteStartObject("externals"u8);
        foreach (var (step, externals) in code.Externals)
        {
            WriteTexts(json, step, externals);
        }

        json.WriteEndObject();
    }).ToArray();

    public static CodeRecord Parse(ReadOnlySpan<byte> header)
    {
        var code = new CodeRecord { FlowClass = "" };
        var reader = new Utf8JsonReader(header);
        reader.BeginObject();
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("class"u8): code = code with { FlowClass = reader.GetText() }; break;
                case var _ when name.SequenceEqual("foundation"u8): code = code with { Foundation = ReadTexts(ref reader) }; break;
                case var _ when name.SequenceEqual("externals"u8): code = code with { Externals = ReadExternals(ref reader) }; break;
                default: reader.Skip(); break;
            }
        }

        return code;
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> texts)
    {
        json.WriteStartObject(name);
        foreach (var (key, text) in texts)
        {
            json.WriteString(key, text);
        }

        json.WriteEndObject();
    }

    private static Dictionary<string, string> ReadTexts(ref Utf8JsonReader reader)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        while (NextName(ref reader) is { } name)
        {
            texts[name] = reader.GetText();
        }

        return texts;
    }

    private static Dictionary<string, IReadOnlyDictionary<string, string>> ReadExternals(ref Utf8JsonReader reader)
    {
        var externals = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        while (NextName(ref reader) is { } step)
        {
            externals[step] = ReadTexts(ref reader);
        }

        return externals;
    }

    /// <summary>Moves onto the next value of the object; names are the writer's own, so they may be escaped.</summary>
    private static string? NextName(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.PropertyName)
        {
            return reader.TokenType == JsonTokenType.EndObject ? null : throw new JsonException("A field is not where it should be.");
        }

        var name = reader.GetString()!;
        reader.Read();
        return name;
    }
}
