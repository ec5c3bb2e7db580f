using System.Globalization;
using Metaflow.Metadata;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;
using Metaflow.Metadata.Sqlite;
using Metaflow.Storage;

namespace Metaflow.Cli.Reading;

/// <summary>The latest runs of a flow: from the index, or from their records where there is none.</summary>
internal static class RunList
{
    /// <summary>Reads runs, the newest first.</summary>
    /// <param name="store">The store.</param>
    /// <param name="flow">The flow's name.</param>
    /// <param name="limit">How many.</param>
    /// <param name="unreadable">Hears why a run is left out.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static IReadOnlyList<RunRow> Read(
        LocalStore store, string flow, int limit, Action<MetaflowException> unreadable, CancellationToken cancellationToken)
    {
        try
        {
            return ReadIndex(store, flow, limit, unreadable, cancellationToken) ?? Scan(store, flow, limit, unreadable, cancellationToken);
        }
        catch (SqliteException)
        {
            // The index is a copy: where it cannot be used the records themselves are read.
            return Scan(store, flow, limit, unreadable, cancellationToken);
        }
    }

    private static List<RunRow>? ReadIndex(
        LocalStore store, string flow, int limit, Action<MetaflowException> unreadable, CancellationToken cancellationToken)
    {
        if (!SqliteLibrary.IsAvailable)
        {
            return null;
        }

        // An index in memory would have to be made from all runs, to list a few.
        using var index = StoreIndex.Open(store.Root, readOnly: false);
        if (!index.IsPersistent)
        {
            return null;
        }

        var faults = new SortedDictionary<long, MetaflowException>();
        FlowCatchUp.Bring(store, index, flow, Note, cancellationToken);
        faults.Values.ToList().ForEach(unreadable);
        var rows = new List<RunRow>();
        var query = new RunQuery { Flow = flow };
        while (rows.Count < limit)
        {
            var page = index.Runs(query with { Limit = Math.Min(limit - rows.Count, StoreIndex.MaximumPage) });
            rows.AddRange(page);
            if (page.Count == 0)
            {
                break;
            }

            query = query with { After = page[^1].Position };
        }

        return rows;

        void Note(long runId, MetaflowException? fault)
        {
            faults.Remove(runId);
            if (fault is not null)
            {
                faults.Add(runId, fault);
            }
        }
    }

    private static List<RunRow> Scan(
        LocalStore store, string flow, int limit, Action<MetaflowException> unreadable, CancellationToken cancellationToken)
    {
        var rows = new List<RunRow>();
        foreach (var number in store.RunIds(flow))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (rows.Count == limit)
            {
                break;
            }

            try
            {
                if (Read(store.OpenRun(flow, number.ToString(CultureInfo.InvariantCulture))) is { } run)
                {
                    rows.Add(run);
                }
            }
            catch (CorruptDataException fault)
            {
                unreadable(fault);
            }
        }

        return rows;
    }

    /// <summary>Reads a run; <see langword="null"/> if nothing of it was written.</summary>
    private static RunRow? Read(RunFolder folder)
    {
        var run = ReadRecords(folder);
        if (run is null || IndexStatus.IsFinal(run.Status) || folder.IsExecuted(TimeProvider.System))
        {
            return run;
        }

        // It may have ended in order between the two looks.
        return ReadRecords(folder) is { } later && IndexStatus.IsFinal(later.Status) ? later : run with { Status = IndexStatus.Lost };
    }

    private static RunRow? ReadRecords(RunFolder folder)
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

        if (finished is null)
        {
            RunSeal.Require(folder, reader);
        }

        return started is null
            ? null
            : new RunIndexSource(folder).ToRow(started with { Tags = Metadata.RunTags.Read(folder) }, finished, Watermark.None);
    }
}
