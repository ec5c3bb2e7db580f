using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Housekeeping;

/// <summary>Finds what keeps a blob alive: the artifacts and cards of every attempt, foreach items, parameters, included files, sources and the program.</summary>
internal static class RunReferences
{
    /// <summary>
    /// The blobs that any record in the run's segments names, also those of failed attempts and of tasks that a resumed run
    /// did not take over: a blob too many is kept rather than one too few.
    /// </summary>
    /// <exception cref="CorruptDataException">A record is damaged.</exception>
    public static IEnumerable<BlobReference> Of(SegmentReader reader) => reader.Scan().SelectMany(Of);

    /// <summary>The blobs that one record names.</summary>
    public static IEnumerable<BlobReference> Of(StoredRecord record) => record.Kind switch
    {
        RecordKind.Provenance => OfSources(record),
        RecordKind.RunStarted or RecordKind.Attempt or RecordKind.Given or RecordKind.Code => BlobReferences.Of(record.ToTaskData()),
        _ => [],
    };

    /// <summary>The files of the snapshot, and the difference to the commit.</summary>
    private static IEnumerable<BlobReference> OfSources(StoredRecord record)
    {
        var made = record.ToProvenance();
        var files = made.Files.Select(file => new BlobReference($"code/{file.Path}", file.Hash, file.Size));
        return made.Git is { DiffSize: > 0 } git ? files.Append(new("code difference", git.Diff, git.DiffSize)) : files;
    }
}
