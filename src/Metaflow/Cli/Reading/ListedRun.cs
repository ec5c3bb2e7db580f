using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Runtime;
using Metaflow.Storage;

namespace Metaflow.Cli.Reading;

/// <summary>A run in a list: its first and its last record.</summary>
/// <param name="Status">As stored, <c>running</c>, or <see cref="Lost"/>.</param>
/// <param name="Started">How it began.</param>
/// <param name="Finished">How it ended; <see langword="null"/> if it did not.</param>
internal sealed record ListedRun(string Status, RunStartedRecord Started, RunFinishedRecord? Finished)
{
    /// <summary>The status of a run that has no end and that nobody executes: its process was killed.</summary>
    public const string Lost = "lost";

    /// <summary>Reads a run; <see langword="null"/> if nothing of it was written.</summary>
    public static ListedRun? Read(RunFolder folder)
    {
        var run = ReadRecords(folder);
        if (run is not { Finished: null } || folder.LockHolder(RunLocks.Scheduler) is not null)
        {
            return run;
        }

        // It may have ended in order between the two looks.
        return ReadRecords(folder) is { Finished: { } } ended ? ended : run with { Status = Lost };
    }

    private static ListedRun? ReadRecords(RunFolder folder)
    {
        using var reader = folder.OpenReader();
        RunStartedRecord? started = null;
        RunFinishedRecord? finished = null;

        // Segments of the run that this one resumes are left out: their first and last records are that run's.
        var own = folder.Claim().AdoptedSegments + 1;
        foreach (var record in reader.Scan(new RecordAddress(own, 0)))
        {
            if (record.Kind == RecordKind.RunStarted)
            {
                started ??= record.ToRunStarted();
            }
            else if (record.Kind == RecordKind.RunFinished)
            {
                finished = record.ToRunFinished();
            }
        }

        return started is null ? null : new(new RunInfo(started, finished).Status, started, finished);
    }
}
