using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Artifacts.Npy;

namespace Metaflow.Cli.Reading;

/// <summary>Stored artifacts for people and as JSON. It needs no type and runs no code of the flow.</summary>
internal static class ArtifactDisplay
{
    private const int BytesShown = 32;

    /// <summary>The value for people; several lines only if the value is text of several lines.</summary>
    public static string Text(StoredArtifact artifact, ReadOnlyMemory<byte> content)
    {
        switch (artifact.Encoding)
        {
            case Encodings.Json or Encodings.Text:
                return Encoding.UTF8.GetString(content.Span);
            case Encodings.Bytes:
                var shown = Convert.ToHexStringLower(content.Span[..Math.Min(BytesShown, content.Length)]);
                return $"0x{shown}{(content.Length > BytesShown ? "…" : "")}";
            case Encodings.File:
                return IncludedFileContent.TryOpen(new(content), open: null)?.ToString() ?? "a damaged file descriptor";
            case Encodings.Npy when NpyHeader.TryRead(new(content), out var header, out _) && header.Type.Element is not null:
                var buffer = new ArrayBufferWriter<byte>();
                using (var json = new Utf8JsonWriter(buffer))
                {
                    NpyJson.Write(json, content, header);
                }

                return $"{header.Display}: {Encoding.UTF8.GetString(buffer.WrittenSpan)}";
            default:
                return ContentShape.Describe(artifact.Encoding, new(content));
        }
    }

    /// <summary>The value as JSON; what has no form in JSON is base64.</summary>
    public static void WriteJson(Utf8JsonWriter json, StoredArtifact artifact, ReadOnlyMemory<byte> content)
    {
        switch (artifact.Encoding)
        {
            case Encodings.Json or Encodings.File:
                json.WriteRawValue(content.Span);
                break;
            case Encodings.Text:
                json.WriteStringValue(Encoding.UTF8.GetString(content.Span));
                break;
            case Encodings.Npy when NpyHeader.TryRead(new(content), out var header, out _) && header.Type.Element is not null:
                NpyJson.Write(json, content, header);
                break;
            default:
                json.WriteBase64StringValue(content.Span);
                break;
        }
    }
}
