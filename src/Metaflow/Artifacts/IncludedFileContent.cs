using System.Buffers;
using System.Text;
using System.Text.Json;
using Metaflow.Storage;

namespace Metaflow.Artifacts;

/// <summary>
/// An included file as stored: a small JSON descriptor, <c>{"path":…,"size":…,"sha256":…}</c>; the content is a blob of
/// its own, opened when it is read.
/// </summary>
internal static class IncludedFileContent
{
    /// <summary>The encoding's name.</summary>
    public const string Encoding = Encodings.File;

    private const int MaximumLength = 64 * 1024;

    /// <summary>Stores the content once and describes it.</summary>
    /// <exception cref="MetaflowException">There is no such file, or it cannot be read.</exception>
    public static ArtifactContent Keep(string name, IncludedFile file, BlobStore blobs)
    {
        try
        {
            using var stream = file.OpenRead();
            var (hash, size) = blobs.Put(stream);
            return Describe(file.Path, size, hash);
        }
        catch (ObjectDisposedException)
        {
            throw ArtifactErrors.CannotStore(
                name, $"its stream '{file.Path}' was closed before the step ended. Leave it open: it is read, and closed, when the step ends.");
        }
    }

    /// <summary>The descriptor of content that is in the store.</summary>
    public static ArtifactContent Describe(string path, long size, ContentHash hash)
    {
        var descriptor = JsonFields.Write((path, size, hash), static (json, of) =>
        {
            json.WriteString("path"u8, of.path);
            json.WriteNumber("size"u8, of.size);
            json.WriteString("sha256"u8, of.hash.ToString());
        });
        return new(Encoding, new ReadOnlySequence<byte>(descriptor.ToArray()));
    }

    /// <summary>The file that a descriptor describes.</summary>
    /// <exception cref="ArtifactSerializationException">It is not a descriptor.</exception>
    public static IncludedFile Open(ReadOnlyMemory<byte> descriptor, Func<ContentHash, Stream> open) =>
        TryOpen(new(descriptor), open) ?? throw new ArtifactSerializationException(
            "The descriptor of an included file is damaged. Run the flow again, or restore the store.");

    /// <summary>The file that a descriptor describes; <see langword="null"/> if it is not a descriptor.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="open">Opens the content; without it the file can be described, but not read.</param>
    public static IncludedFile? TryOpen(in ReadOnlySequence<byte> descriptor, Func<ContentHash, Stream>? open)
    {
        if (descriptor.Length > MaximumLength)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(descriptor);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && Text(root, "path"u8) is { } path
                && root.TryGetProperty("size"u8, out var size) && size.ValueKind == JsonValueKind.Number
                && size.TryGetInt64(out var length) && length >= 0
                && Text(root, "sha256"u8) is { } sha256 && ContentHash.TryParse(sha256, out var hash)
                    ? new(path, length, open is null ? () => throw Unattached(path) : () => open(hash), hash)
                    : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or DecoderFallbackException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement root, ReadOnlySpan<byte> name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static MetaflowException Unattached(string path) => new(
        $"The content of the included file '{path}' cannot be opened here: it was read without its store.");
}
