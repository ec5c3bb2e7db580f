using System.Buffers;
using Metaflow.Storage;

namespace Metaflow.Artifacts;

/// <summary>Decides where content is kept: small content in the record of its task, large content as a blob.</summary>
internal static class ArtifactKeeper
{
    /// <summary>The most bytes of one artifact that are kept in the task's record; more becomes a blob.</summary>
    public const int MaximumInline = 64 * 1024;

    /// <summary>The most bytes of all artifacts together that are kept in the task's record.</summary>
    public const int MaximumInlineTotal = 1024 * 1024;

    /// <summary>Keeps content; a blob is durable when this returns, inline bytes with the record that holds them.</summary>
    /// <param name="blobs">Where blobs go.</param>
    /// <param name="content">The content.</param>
    /// <param name="name">The artifact's name.</param>
    /// <param name="room">How many bytes the record has room for.</param>
    public static StoredArtifact Keep(BlobStore blobs, in ArtifactContent content, string name, int room = MaximumInlineTotal)
    {
        var size = content.Bytes.Length;
        // A descriptor of a file is always in the record: what the record names is what keeps the file's content alive.
        if (size > Math.Min(MaximumInline, room) && content.Encoding != Encodings.File)
        {
            return new(name, content.Encoding, size, blobs.Put(content.Bytes, content.ElementWidth));
        }

        var bytes = content.Bytes.ToArray();
        return new(name, content.Encoding, size, ContentHash.Of(bytes), bytes);
    }
}
