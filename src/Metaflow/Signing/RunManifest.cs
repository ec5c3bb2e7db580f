using System.Buffers;
using System.Text.Json;

namespace Metaflow.Signing;

/// <summary>What is signed of a run: who and what, and the root over all its bytes.</summary>
internal sealed record RunManifest
{
    /// <summary>The type of the payload in the envelope.</summary>
    public const string PayloadType = "application/vnd.metaflow.run-manifest+json";

    private const int Version = 1;

    public required string Flow { get; init; }

    public required string Run { get; init; }

    public required string Status { get; init; }

    public required DateTimeOffset Signed { get; init; }

    /// <summary>The files of the run's folder, with their sizes.</summary>
    public required IReadOnlyList<(string Name, long Size)> Files { get; init; }

    /// <summary>How many blobs the run refers to.</summary>
    public required long Contents { get; init; }

    /// <summary>How many leaves the tree has.</summary>
    public required long Leaves { get; init; }

    /// <summary>The root of the tree, 64 hexadecimal digits.</summary>
    public required string Root { get; init; }

    public byte[] Write()
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("format"u8, "metaflow-run-manifest");
            json.WriteNumber("version"u8, Version);
            json.WriteString("flow"u8, Flow);
            json.WriteString("run"u8, Run);
            json.WriteString("status"u8, Status);
            json.WriteString("signed"u8, Signed.UtcDateTime);
            json.WriteStartArray("files"u8);
            foreach (var (name, size) in Files)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, name);
                json.WriteNumber("size"u8, size);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNumber("contents"u8, Contents);
            json.WriteNumber("leaves"u8, Leaves);
            json.WriteString("root"u8, Root);
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a manifest whose signature is good.</summary>
    /// <exception cref="MetaflowException">It is of a newer version, or no manifest.</exception>
    public static RunManifest Parse(byte[] payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var root = document.RootElement;
            if (root.GetProperty("version").GetInt32() is var version && version != Version)
            {
                throw new MetaflowException($"The signature has version {version}; this version of Metaflow reads version {Version}. Use the version of Metaflow that wrote it, or a newer one.");
            }

            return new()
            {
                Flow = root.GetProperty("flow").GetString()!,
                Run = root.GetProperty("run").GetString()!,
                Status = root.GetProperty("status").GetString()!,
                Signed = root.GetProperty("signed").GetDateTimeOffset(),
                Files = [.. root.GetProperty("files").EnumerateArray().Select(file => (file.GetProperty("name").GetString()!, file.GetProperty("size").GetInt64()))],
                Contents = root.GetProperty("contents").GetInt64(),
                Leaves = root.GetProperty("leaves").GetInt64(),
                Root = root.GetProperty("root").GetString()!,
            };
        }
        catch (Exception damage) when (damage is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new MetaflowException("The signature is good, but what is signed is no manifest of a run.", damage);
        }
    }
}
