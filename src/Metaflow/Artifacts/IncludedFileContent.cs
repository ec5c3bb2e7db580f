using System.Buffers;
using System.Text.Json;
using Metaflow.Storage;

namespace Metaflow.Artifacts;

/// <summary>An included file as stored: a JSON descriptor of path, size and the blob that holds the content.</summary>
internal static class IncludedFileContent
{
    /// <summary>The encoding's name.</summary>
    public const string Encoding = "included-file";

    /// <summary>Stores the content once and describes it.</summary>
    public static ArtifactContent Keep(IncludedFile file, BlobStore blobs)
    {
        using var stream = file.OpenRead();
        var (hash, size) = blobs.Put(stream);
        var descriptor = JsonFields.Write((file.Path, size, hash), static (json, of) =>
        {
            json.WriteString("path"u8, of.Path);
            json.WriteNumber("size"u8, of.size);
            json.WriteString("sha256"u8, of.hash.ToString());
        });
        return new(Encoding, new ReadOnlySequence<byte>(descriptor.ToArray()));
    }

    /// <summary>The file that a descriptor describes.</summary>
    /// <exception cref="ArtifactSerializationException">It is not a descriptor.</exception>
    public static IncludedFile Open(ReadOnlyMemory<byte> descriptor, Func<ContentHash, Stream> open)
    {
        var (path, size, sha) = ("", 0L, "");
        try
        {
            var reader = new Utf8JsonReader(descriptor.Span);
            reader.Read();
            while (reader.NextProperty(out var name))
            {
                switch (name)
                {
                    case var _ when name.SequenceEqual("path"u8): path = reader.GetString()!; break;
                    case var _ when name.SequenceEqual("size"u8): size = reader.GetInt64(); break;
                    case var _ when name.SequenceEqual("sha256"u8): sha = reader.GetString()!; break;
                    default: reader.Skip(); break;
                }
            }
        }
        catch (JsonException e)
        {
            throw new ArtifactSerializationException($"The description of an included file cannot be read: {e.Message}", e);
        }

        return ContentHash.TryParse(sha, out var hash)
            ? new(path, size, () => open(hash))
            : throw new ArtifactSerializationException($"The description of included file '{path}' names no content.");
    }
}
