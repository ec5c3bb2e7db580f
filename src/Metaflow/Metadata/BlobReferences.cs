using Metaflow.Artifacts;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Metadata;

/// <summary>Content that a run refers to.</summary>
/// <param name="Name">The artifact's name.</param>
/// <param name="Hash">The blob.</param>
/// <param name="Size">The content's length in bytes.</param>
internal readonly record struct BlobReference(string Name, ContentHash Hash, long Size);

/// <summary>Finds the blobs that a task's data names.</summary>
internal static class BlobReferences
{
    /// <summary>The blobs of artifacts, foreach items and cards, and of included files.</summary>
    public static IEnumerable<BlobReference> Of(TaskData data)
    {
        foreach (var artifact in data.Contents)
        {
            if (artifact.Inline is null)
            {
                yield return new(artifact.Name, artifact.Hash, artifact.Size);
            }
            else if (artifact.Encoding == IncludedFileContent.Encoding
                && IncludedFileContent.TryOpen(new(artifact.Inline.Value), null) is { Hash: { } hash } file)
            {
                yield return new(artifact.Name, hash, file.Size);
            }
        }
    }
}
