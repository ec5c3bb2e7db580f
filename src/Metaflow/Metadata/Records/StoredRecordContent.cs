using System.Text.Json;
using Metaflow.Graph;
using Metaflow.Provenance;
using Metaflow.Storage;

namespace Metaflow.Metadata.Records;

/// <summary>
/// What stored records and claims say. The one place where bytes that make no sense become a
/// <see cref="CorruptDataException"/> that names their file.
/// </summary>
internal static class StoredRecordContent
{
    /// <summary>What claims a run.</summary>
    public static RunClaim Claim(this RunFolder folder)
    {
        var claim = folder.ReadClaim();
        return Guarded(Path.Join(folder.Path, StoreLayout.ClaimFile), 0, claim, static claim => RunClaim.Parse(claim));
    }

    /// <summary>The first record of a run.</summary>
    public static RunStartedRecord ToRunStarted(this in StoredRecord record) =>
        Guarded(record, static record => RunStartedRecord.Parse(record.Header.Span));

    /// <summary>The graph that the first record of a run holds.</summary>
    /// <param name="started">The record.</param>
    /// <param name="file">Its file.</param>
    /// <param name="address">Its address.</param>
    /// <exception cref="MetaflowException">It is of a version that is not known, or damaged.</exception>
    public static FlowGraph ToGraph(this RunStartedRecord started, string file, RecordAddress address) =>
        GraphReader.OtherFormat(started.Graph) is { } format
            ? throw Unknown(file, address.Offset, $"a graph in the format '{format}'")
            : Guarded(file, address.Offset, started.Graph, FlowGraph.Parse);

    /// <summary>The last record of a run.</summary>
    public static RunFinishedRecord ToRunFinished(this in StoredRecord record) =>
        Guarded(record, static record => RunFinishedRecord.Parse(record.Header.Span)) is var finished
        && finished.Status is "succeeded" or "failed" or "interrupted"
            ? finished
            : throw Unknown(record.File, record.Address.Offset, $"a run that ended as '{finished.Status}'");

    /// <summary>What the run was executed with.</summary>
    public static CodeRecord ToCode(this in StoredRecord record) =>
        Guarded(record, static record => CodeRecord.Parse(record.Header.Span));

    /// <summary>The tags of a run from a record on.</summary>
    public static TagsRecord ToTags(this in StoredRecord record) =>
        Guarded(record, static record => TagsRecord.Parse(record.Header.Span));

    /// <summary>What produced a run.</summary>
    public static ProvenanceRecord ToProvenance(this in StoredRecord record) =>
        Guarded(record, static record => ProvenanceJson.Parse(record.Header.Span, record.Body.Span));

    /// <summary>An attempt to reproduce a run.</summary>
    public static RunReproduction ToReproduction(this in StoredRecord record) =>
        Guarded(record, static record => ReproductionJson.Parse(record.Header.Span, record.Body.Span));

    /// <summary>An attempt of a task.</summary>
    public static AttemptRecord ToAttempt(this in StoredRecord record) => Guarded(record, static record =>
    {
        var attempt = AttemptRecord.Parse(record.Header.Span);
        return attempt.DataLength >= 0 && attempt.DataLength <= record.Body.Length
            ? Enum.IsDefined(attempt.Outcome) ? attempt : throw Unknown(record.File, record.Address.Offset, $"an attempt with the outcome {(int)attempt.Outcome}")
            : throw new InvalidDataException("An attempt's data is longer than its record.");
    });

    /// <summary>What a task left, or the parameters of a run.</summary>
    public static TaskData ToTaskData(this in StoredRecord record) => Guarded(record, static record => TaskData.Parse(record.Body));

    /// <summary>The tasks that a run took over.</summary>
    public static IReadOnlyList<RecordAddress> ToAdopted(this in StoredRecord record) =>
        Guarded(record, static record => AdoptedRecord.Parse(record.Body).ToList());

    /// <summary>Whose output a log record holds.</summary>
    public static LogSource ToLogSource(this in StoredRecord record) =>
        Guarded(record, static record => LogBlock.ParseHeader(record.Header.Span));

    /// <summary>The lines of a log record.</summary>
    public static IReadOnlyList<LogLine> ToLogLines(this in StoredRecord record) =>
        Guarded(record, static record => LogBlock.Parse(record.Body).ToList());

    /// <summary>Takes lines out of a log record; the new body is as long as the old one.</summary>
    /// <returns>How many lines.</returns>
    public static int EraseLines(this in StoredRecord record, LogStream? only, bool leavesMark, out byte[] body)
    {
        var (lines, erased) = Guarded(record, record =>
        {
            var count = LogErasure.Erase(record.Body.Span, only, leavesMark, out var without);
            return (count, without);
        });
        body = erased;
        return lines;
    }

    /// <summary>Reads bytes from a place, and says where they are if they make no sense.</summary>
    /// <exception cref="CorruptDataException">They do not.</exception>
    public static T Guarded<TBytes, T>(string file, long offset, TBytes bytes, Func<TBytes, T> read)
    {
        try
        {
            return read(bytes);
        }
        catch (Exception fault) when (fault is JsonException or InvalidDataException or InvalidOperationException or FormatException
            or OverflowException or ArgumentException)
        {
            throw CorruptDataException.Create(file, offset, fault.Message.TrimEnd('.'));
        }
    }

    /// <summary>What to throw when sound bytes say what only a later version knows.</summary>
    public static MetaflowException Unknown(string file, long offset, string what) =>
        new($"{file} holds {what} at offset {offset}, which this version of Metaflow does not know. Use the version of Metaflow that wrote it, or a newer one.");

    private static T Guarded<T>(in StoredRecord record, Func<StoredRecord, T> read) =>
        Guarded(record.File, record.Address.Offset, record, read);
}
