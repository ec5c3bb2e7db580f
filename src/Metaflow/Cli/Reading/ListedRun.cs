using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Cli.Reading;

/// <summary>A run in a list: its first and its last record.</summary>
/// <param name="Status">As stored, <c>running</c>, or <see cref="Lost"/>.</param>
/// <param name="Started">How it began.</param>
/// <param name="Finished">How it ended; <see langword="null"/> if it did not.</param>
internal sealed record ListedRun(string Status, RunStartedRecord Started, RunFinishedRecord? Finished)
{
    /// <summary>The status of a run without end whose process is gone.</summary>
    public const string Lost = "lost";

    /// <summary>Reads a run; <see langword="null"/> if nothing of it was written.</summary>
    public static ListedRun? Read(RunFolder folder)
    {
        using var reader = folder.OpenReader();
        RunStartedRecord? started = null;
        RunFinishedRecord? finished = null;
        foreach (var record in reader.Scan())
        {
            if (record.Kind == RecordKind.RunStarted)
            {
                started ??= RunStartedRecord.Parse(record.Header.Span);
            }
            else if (record.Kind == RecordKind.RunFinished)
            {
                finished = RunFinishedRecord.Parse(record.Header.Span);
            }
        }

        return started is null ? null : new(StatusOf(folder, started, finished), started, finished);
    }

    private static string StatusOf(RunFolder folder, RunStartedRecord started, RunFinishedRecord? finished)
    {
        var status = new RunInfo(started, finished).Status;
        return finished is null && RunLiveness.IsLost(folder) ? Lost : status;
    }
}
