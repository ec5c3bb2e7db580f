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
    /// <exception cref="MetaflowException">A later version has written a record that may name content.</exception>
    public static IEnumerable<BlobReference> Of(SegmentReader reader) => Records(reader).SelectMany(Of);

    /// <summary>All records in the run's segments, also of kinds that this version does not know.</summary>
    public static IEnumerable<StoredRecord> Records(SegmentReader reader) =>
        reader.Segments().SelectMany(segment => reader.ScanSegment(segment, 0));

    /// <summary>The blobs that one record names.</summary>
    public static IEnumerable<BlobReference> Of(StoredRecord record) => record.Kind switch
    {
        RecordKind.Provenance => OfSources(record),
        RecordKind.RunStarted or RecordKind.Attempt or RecordKind.Given or RecordKind.Code => BlobReferences.Of(record.ToTaskData()),
        < SegmentFormat.FirstFreeKind when !Enum.IsDefined(record.Kind) =>
            throw StoredRecordContent.Unknown(record.File, record.Address.Offset, $"a record of kind {(int)record.Kind}"),
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
