using System.Globalization;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Metadata;

/// <summary>A run's segments as the index reads them.</summary>
internal sealed class RunIndexSource(RunFolder folder) : IIndexSource
{
    public string Flow => folder.FlowName;

    public long RunId { get; } = long.Parse(folder.RunId, CultureInfo.InvariantCulture);

    /// <summary>Every run of a store.</summary>
    public static IEnumerable<RunIndexSource> All(LocalStore store) =>
        store.Flows().SelectMany(flow => store.RunIds(flow).Select(run =>
            new RunIndexSource(store.OpenRun(flow, run.ToString(CultureInfo.InvariantCulture)))));

    /// <summary>The last byte of the last segment: it grows with every record and costs one look at the directory.</summary>
    public ulong GetHead()
    {
        using var reader = folder.OpenReader();
        return reader.Segments().LastOrDefault() is var last and > 0
            ? new RecordAddress(last, Math.Max(0, new FileInfo(Path.Join(folder.Path, SegmentFormat.FileName(last))).Length - 1)).Value
            : 0;
    }

    public RunRow ReadRun()
    {
        var head = GetHead();
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

        return ToRow(started, finished, head);
    }

    public IEnumerable<TaskRow> ReadTasks(ulong after)
    {
        using var reader = folder.OpenReader();
        var from = after == 0 ? default : new RecordAddress(new RecordAddress(after).Segment, 0);
        foreach (var record in reader.Scan(from))
        {
            if (record.Kind == RecordKind.Attempt && record.Address.Value > after)
            {
                yield return ToRow(AttemptRecord.Parse(record.Header.Span), record.Address);
            }
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
    public RunRow ToRow(RunStartedRecord? started, RunFinishedRecord? finished, ulong watermark) => new(
        Flow, RunId, finished?.Status ?? IndexStatus.Running, started?.UserName ?? "", started?.Started ?? DateTimeOffset.UnixEpoch,
        finished?.Finished, started?.Tags ?? [], started?.SystemTags ?? [], started?.OriginRunId, watermark);
}
