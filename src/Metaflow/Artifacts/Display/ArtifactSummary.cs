using System.Buffers;
using System.Text;
using System.Text.Json;
using Metaflow.Artifacts.Json;
using Metaflow.Artifacts.JsonNpy;
using Metaflow.Artifacts.Npy;
using Metaflow.Binding;

namespace Metaflow.Artifacts.Display;

/// <summary>
/// Stored content for people and programs that do not know its type. Nothing is decoded into user types, and neither form
/// is much longer than the limit.
/// </summary>
/// <param name="Text">For people; one line, except that text keeps its lines.</param>
/// <param name="Json">For programs; one JSON value in UTF-8.</param>
/// <param name="IsTooLarge">Whether the value itself is left out because it is over the limit.</param>
internal sealed record ArtifactSummary(string Text, ReadOnlyMemory<byte> Json, bool IsTooLarge = false)
{
    private const int ShownBytes = 32;

    /// <summary>Describes content.</summary>
    /// <param name="encoding">Its format.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="maxValueSize">The most bytes of a value of JSON or text that are shown.</param>
    public static ArtifactSummary Of(string encoding, in ReadOnlySequence<byte> content, long maxValueSize) => encoding switch
    {
        Encodings.Json => OfJson(content, maxValueSize),
        Encodings.JsonNpy => OfPacked(content, maxValueSize),
        Encodings.Text => OfText(content, maxValueSize),
        Encodings.Npy => OfArray(content),
        Encodings.File => OfFile(content),
        _ => OfBytes(encoding, content),
    };

    private static ArtifactSummary OfJson(in ReadOnlySequence<byte> content, long maxValueSize)
    {
        var size = content.Length;
        if (!JsonOutline.TryRead(content, out var outline))
        {
            return Damaged(Encodings.Json, size, "not valid JSON");
        }

        if (size <= maxValueSize)
        {
            var bytes = content.ToArray();
            return new(Encoding.UTF8.GetString(bytes), bytes);
        }

        return new($"<{outline}, {DataSize.Format(size)}: too large to show>", TooLarge(Encodings.Json, size), IsTooLarge: true);
    }

    private static ArtifactSummary OfPacked(in ReadOnlySequence<byte> content, long maxValueSize)
    {
        if (!JsonNpyContent.TryRead(content, out var packed, out var problem))
        {
            return Damaged(Encodings.JsonNpy, content.Length, problem);
        }

        try
        {
            // For people the arrays in words; a program gets all numbers, or learns that they are too many.
            var words = packed.Abbreviate();
            if (!JsonOutline.TryRead(words, out _))
            {
                return Damaged(Encodings.JsonNpy, content.Length, "its JSON is not valid");
            }

            var text = OfJson(words, maxValueSize).Text;
            var json = content.Length <= maxValueSize ? packed.Expand() : default;
            return json.Length is > 0 and var length && length <= maxValueSize
                ? new(text, json.ToArray())
                : new(text, TooLarge(Encodings.JsonNpy, content.Length), IsTooLarge: true);
        }
        catch (JsonException fault)
        {
            return Damaged(Encodings.JsonNpy, content.Length, fault.Message);
        }
    }

    private static ArtifactSummary OfText(in ReadOnlySequence<byte> content, long maxValueSize)
    {
        var size = content.Length;
        var shown = content.Slice(0, Math.Min(size, Math.Max(maxValueSize, 0)));
        var text = Encoding.UTF8.GetString(shown);
        if (size <= maxValueSize)
        {
            return new(text, Write(json => json.WriteStringValue(text)));
        }

        // The cut may go through a character.
        return new(
            $"{text.TrimEnd('\ufffd')}… <{DataSize.Format(size)} in all>", TooLarge(Encodings.Text, size), IsTooLarge: true);
    }

    private static ArtifactSummary OfArray(in ReadOnlySequence<byte> content)
    {
        if (!NpyHeader.TryRead(content, out var header, out var problem))
        {
            return Damaged(Encodings.Npy, content.Length, problem);
        }

        var summary = NpySummary.Of(content, header);
        return new($"{header.Display}: {summary.Text}", Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("dtype"u8, header.Type.Name);
            json.WriteStartArray("shape"u8);
            foreach (var length in header.Shape)
            {
                json.WriteNumberValue(length);
            }

            json.WriteEndArray();
            summary.WriteTo(json);
            json.WriteEndObject();
        }));
    }

    private static ArtifactSummary OfFile(in ReadOnlySequence<byte> content) =>
        IncludedFileContent.TryOpen(content, open: null) is { } file
            ? new(file.ToString(), content.ToArray())
            : Damaged(Encodings.File, content.Length, "not the descriptor of an included file");

    private static ArtifactSummary OfBytes(string encoding, in ReadOnlySequence<byte> content)
    {
        var size = content.Length;
        var hex = Convert.ToHexStringLower(content.Slice(0, Math.Min(size, ShownBytes)).ToArray());
        var start = hex.Length == 0 ? "" : $": {hex}{(size > ShownBytes ? "…" : "")}";
        return new($"{encoding}, {DataSize.Format(size)}{start}", Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("encoding"u8, encoding);
            json.WriteNumber("size"u8, size);
            json.WriteString("hex"u8, hex);
            json.WriteEndObject();
        }));
    }

    private static ArtifactSummary Damaged(string encoding, long size, string problem) =>
        new($"<damaged {encoding}, {DataSize.Format(size)}: {problem}>", Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("encoding"u8, encoding);
            json.WriteNumber("size"u8, size);
            json.WriteString("problem"u8, problem);
            json.WriteEndObject();
        }));

    private static ReadOnlyMemory<byte> TooLarge(string encoding, long size) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("encoding"u8, encoding);
        json.WriteNumber("size"u8, size);
        json.WriteBoolean("tooLarge"u8, true);
        json.WriteEndObject();
    });

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, JsonFormat.WriterOptions))
        {
            write(json);
        }

        return output.WrittenSpan.ToArray();
    }
}
