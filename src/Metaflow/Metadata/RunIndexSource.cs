using System.Globalization;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Metadata;

/// <summary>A run's segments as the index reads them.</summary>
internal sealed class RunIndexSource(RunFolder folder) : IIndexSource
{
    private const int PartTasks = 10_000;

    public string Flow => folder.FlowName;

    public long RunId { get; } = long.Parse(folder.RunId, CultureInfo.InvariantCulture);

    /// <summary>Every run of a store.</summary>
    public static IEnumerable<RunIndexSource> All(LocalStore store) =>
        store.Flows().SelectMany(flow => store.RunIds(flow).Select(run =>
            new RunIndexSource(store.OpenRun(flow, run.ToString(CultureInfo.InvariantCulture)))));

    public bool IsExecuted => folder.IsExecuted(TimeProvider.System);

    public bool IsTagged => folder.LockHolder(RunLocks.Tags) is not null;

    /// <summary>Reads from the last indexed record of each segment to the next, so a few bytes where nothing has been added.</summary>
    public IndexLag GetLag(Watermark indexed)
    {
        using var reader = folder.OpenReader();
        var lag = IndexLag.None;
        foreach (var segment in OwnSegments(reader).Union(indexed.Places.Select(place => place.Segment)))
        {
            var place = indexed.In(segment);
            var count = CountFrom(reader, segment, place);
            if (!place.IsNone && count == 0)
            {
                return IndexLag.Ahead;
            }

            lag = count > (place.IsNone ? 0 : 1) ? IndexLag.Behind : lag;
        }

        return lag;
    }

    public IEnumerable<IndexPart> Read(RunRow? known)
    {
        using var reader = folder.OpenReader();
        var run = known;
        var end = known?.Watermark ?? Watermark.None;
        var tasks = new List<TaskRow>();
        foreach (var segment in OwnSegments(reader))
        {
            var last = end.In(segment);
            foreach (var record in reader.ScanSegment(segment, last.Offset).SkipWhile(record => record.Address == last))
            {
                last = record.Address;
                run = Follow(run, record);
                if (record.Kind == RecordKind.Attempt)
                {
                    tasks.Add(ToRow(record.ToAttempt(), record.Address));
                }
                else if (record.Kind == RecordKind.Adopted)
                {
                    tasks.AddRange(record.ToAdopted().Select(address =>
                        ToRow(reader.Read(address).ToAttempt(), address)));
                }

                if (tasks.Count >= PartTasks && run is not null)
                {
                    end = end.Union(last);
                    yield return new(run with { Watermark = end }, tasks.ToArray());
                    tasks.Clear();
                }
            }

            end = end.Union(last);
        }

        if (run?.Finished is null)
        {
            RunSeal.Require(folder, reader);
        }

        // Without its first record a run has not begun.
        if (run is not null)
        {
            yield return new(run with { Watermark = end }, tasks.ToArray());
        }
    }

    /// <summary>An attempt as a row of the index.</summary>
    public static TaskRow ToRow(AttemptRecord attempt, RecordAddress address)
    {
        var index = attempt.Stack.LastOrDefault(level => level.IsForEach)?.Index ?? -1;
        return new(
            attempt.TaskId, attempt.Step, attempt.Attempt, (byte)attempt.Outcome, attempt.StartedMicros, attempt.FinishedMicros,
            address.Value, attempt.ParentTask, index);
    }

    /// <summary>A run as a row of the index.</summary>
    public RunRow ToRow(RunStartedRecord started, RunFinishedRecord? finished, Watermark watermark) => new(
        Flow, RunId, finished?.Status ?? IndexStatus.Running, started.UserName, started.Started, finished?.Finished, started.Tags,
        started.SystemTags, started.OriginRunId, watermark);

    /// <summary>The segments that the run wrote itself, without those that it took over from the run that it resumes.</summary>
    private IEnumerable<int> OwnSegments(SegmentReader reader)
    {
        var adopted = folder.Claim().AdoptedSegments;
        return reader.Segments().Where(segment => segment > adopted);
    }

    /// <summary>The state of the run after one more record.</summary>
    private RunRow? Follow(RunRow? run, in StoredRecord record)
    {
        switch (record.Kind)
        {
            case RecordKind.RunStarted:
                var started = ToRow(record.ToRunStarted(), null, Watermark.None);
                return run?.Started == started.Started ? run : started;
            case RecordKind.RunFinished when run is not null:
                var finished = record.ToRunFinished();
                return run with { Status = finished.Status, Finished = finished.Finished };
            case RecordKind.Tags when run is not null:
                return run with { Tags = record.ToTags().Tags };
            default:
                return run;
        }
    }

    /// <summary>How many records a segment has from a place on, 2 standing for more; 0 if there is none at that place.</summary>
    private static int CountFrom(SegmentReader reader, int segment, RecordAddress place)
    {
        try
        {
            return reader.ScanSegment(segment, place.Offset).Take(2).Count();
        }
        catch (CorruptDataException) when (!place.IsNone)
        {
            // The place may be of another run; if the segment really is damaged, reading it whole will tell.
            return 0;
        }
    }
}
