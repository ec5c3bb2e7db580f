using Metaflow.Artifacts;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Housekeeping;

/// <summary>Content that a run refers to.</summary>
/// <param name="Name">The artifact's name.</param>
/// <param name="Hash">The blob.</param>
/// <param name="Size">The content's length in bytes.</param>
internal readonly record struct BlobReference(string Name, ContentHash Hash, long Size);

/// <summary>Finds what keeps a blob alive: the artifacts and cards of every attempt, foreach items, parameters, included files and sources.</summary>
internal static class RunReferences
{
    /// <summary>
    /// The blobs that any record in the run's segments names, also those of failed attempts and of tasks that a resumed run
    /// did not take over: a blob too many is kept rather than one too few.
    /// </summary>
    /// <exception cref="CorruptDataException">A record is damaged.</exception>
    public static IEnumerable<BlobReference> Of(SegmentReader reader) => reader.Scan().SelectMany(Of);

    /// <summary>The blobs that one record names.</summary>
    public static IEnumerable<BlobReference> Of(StoredRecord record)
    {
        if (record.Kind == RecordKind.Provenance)
        {
            foreach (var reference in OfSources(record))
            {
                yield return reference;
            }

            yield break;
        }

        if (record.Kind is not (RecordKind.RunStarted or RecordKind.Attempt or RecordKind.Given))
        {
            yield break;
        }

        var data = record.ToTaskData();
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

    /// <summary>The files of the snapshot, and the difference to the commit.</summary>
    private static IEnumerable<BlobReference> OfSources(StoredRecord record)
    {
        var made = record.ToProvenance();
        var files = made.Files.Select(file => new BlobReference($"code/{file.Path}", file.Hash, file.Size));
        return made.Git is { DiffSize: > 0 } git ? files.Append(new("code difference", git.Diff, git.DiffSize)) : files;
    }
}
