using System.Buffers;
using Metaflow.Artifacts;
using Metaflow.Graph;
using Metaflow.Metadata;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Live;
using Metaflow.Metadata.Records;
using Metaflow.Provenance;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>One run as the client reads it: its rows from the index, its records from the store. Safe for several threads.</summary>
internal sealed class StoredRun
{
    private readonly Lazy<(RunStartedRecord Record, RecordAddress Address)> _started;
    private readonly Lazy<FlowGraph> _graph;
    private ProvenanceRecord? _provenance;

    public StoredRun(MetaflowClient client, string flow, long number)
    {
        Client = client;
        Flow = flow;
        Number = number;
        _started = new(ReadStarted);
        _graph = new(ReadGraph);
    }

    public MetaflowClient Client { get; }

    public string Flow { get; }

    public long Number { get; }

    public string PathSpec => $"{Flow}/{ObjectPath.Text(Number)}";

    /// <summary>How the run began.</summary>
    public RunStartedRecord Started => _started.Value.Record;

    /// <summary>What produced the run; <see langword="null"/> if that is not recorded, or not yet.</summary>
    public ProvenanceRecord? Provenance => _provenance ??= ReadProvenance();

    /// <summary>The flow's graph as it was when the run began.</summary>
    public FlowGraph Graph => _graph.Value;

    /// <summary>The run's parameters and constants.</summary>
    public IReadOnlyList<StoredArtifact> Constants => Read(content => content.Artifacts(_started.Value.Address).Data.Artifacts);

    /// <summary>The run's row, up to date; <see langword="null"/> if the run is gone.</summary>
    public RunRow? FindRow() => Ask(index => index.Run(Flow, Number));

    /// <summary>Asks the index after bringing it up to date with this run.</summary>
    public T Ask<T>(Func<StoreIndex, T> query) => Client.Index.OfRun(Flow, Number, query);

    /// <summary>Reads records; nothing that is returned may use the run afterwards.</summary>
    public T Read<T>(Func<RunContent, T> read) => Client.Runs(Flow, Number, read);

    /// <summary>The record of an attempt.</summary>
    public AttemptRecord Attempt(TaskRow row) => Record(new(row.Address)).ToAttempt();

    /// <summary>A record; its memory is its own.</summary>
    public StoredRecord Record(RecordAddress address) => Read(content => content.Record(address));

    /// <summary>Who executes the run; <see langword="null"/> if nobody.</summary>
    public string? Executor => Folder.Executor(Client.Time);

    /// <summary>The run's last record; <see langword="null"/> if it has none.</summary>
    /// <param name="indexed">Up to where the run is indexed; its end is there, as nothing is written after it.</param>
    public RunFinishedRecord? ReadFinished(Watermark indexed)
    {
        using var reader = Folder.OpenReader();
        var record = indexed.Places.Reverse().Select(reader.Read).FirstOrDefault(record => record.Kind == RecordKind.RunFinished);
        if (record.Kind != RecordKind.RunFinished)
        {
            record = reader.Scan(new(OwnSegment, 0)).LastOrDefault(record => record.Kind == RecordKind.RunFinished);
        }

        return record.Kind == RecordKind.RunFinished ? record.ToRunFinished() : null;
    }

    /// <summary>The attempts that are being executed, by task.</summary>
    public IReadOnlyList<RunningAttempt> RunningAttempts() =>
    [
        .. RunningTasksFile.Read(Folder.Path)
            .Where(running => Ask(index => index.Task(Flow, Number, running.TaskId)) is not { } ended || ended.Attempt < running.Attempt)
            .OrderBy(running => running.TaskId),
    ];

    /// <summary>The stored output of an attempt that has not ended.</summary>
    public IEnumerable<TaskLogLine> OpenLogs(RunningAttempt attempt)
    {
        using var reader = Folder.OpenReader();
        foreach (var record in reader.Scan(attempt.LogsFrom.IsNone ? new(OwnSegment, 0) : attempt.LogsFrom))
        {
            if (record.Kind == RecordKind.Log && record.ToLogSource() is var source && (source.TaskId, source.Attempt) == (attempt.TaskId, attempt.Attempt))
            {
                foreach (var line in record.ToLogLines())
                {
                    yield return new(line.Time, line.Stream == LogStream.Error, line.Text);
                }
            }
        }
    }

    /// <summary>Opens all records; the caller disposes the reader.</summary>
    public SegmentReader OpenReader(out RunFolder folder)
    {
        folder = Folder;
        return folder.OpenReader();
    }

    /// <summary>Reads an artifact's bytes, which are valid only while <paramref name="read"/> runs.</summary>
    public T Use<T>(StoredArtifact artifact, Func<ReadOnlySequence<byte>, T> read)
    {
        if (artifact.Inline is { } inline)
        {
            return read(new(inline));
        }

        using var blob = Client.Store.Blobs.Open(artifact.Hash);
        return read(blob.Deferred);
    }

    /// <summary>An artifact as a stream.</summary>
    public Stream OpenRead(StoredArtifact artifact) =>
        artifact.Inline is { } inline ? new MemoryStream(inline.ToArray(), writable: false) : OpenBlob(artifact.Hash);

    /// <summary>Opens content that an artifact refers to.</summary>
    public Stream OpenBlob(ContentHash hash) => Client.Store.Blobs.OpenRead(hash);

    /// <summary>The run's directory.</summary>
    public RunFolder Folder => Client.Store.OpenRun(Flow, ObjectPath.Text(Number));

    /// <summary>The first segment that is not taken over from the run that this one resumes.</summary>
    public int OwnSegment => Folder.Claim().AdoptedSegments + 1;

    private FlowGraph ReadGraph()
    {
        var (started, address) = _started.Value;
        var file = Path.Join(Folder.Path, SegmentFormat.FileName(address.Segment));
        return started.ToGraph(file, address);
    }

    /// <summary>The attempts to reproduce the run, oldest first. Each is alone in a segment of its own.</summary>
    public IReadOnlyList<RunReproduction> ReadReproductions()
    {
        using var reader = Folder.OpenReader();
        var own = OwnSegment;
        return
        [
            .. reader.Segments().Where(segment => segment >= own)
                .SelectMany(segment => reader.ScanSegment(segment, 0).TakeWhile(record => record.Kind == RecordKind.Reproduction))
                .Select(record => record.ToReproduction()),
        ];
    }

    private ProvenanceRecord? ReadProvenance()
    {
        // It is written soon after the beginning, so little is read where it is there.
        using var reader = Folder.OpenReader();
        var record = reader.Scan(new(OwnSegment, 0)).FirstOrDefault(record => record.Kind == RecordKind.Provenance);
        return record.Kind == RecordKind.Provenance ? record.ToProvenance() : null;
    }

    private (RunStartedRecord Record, RecordAddress Address) ReadStarted()
    {
        using var reader = Folder.OpenReader();
        var record = reader.Scan(new(OwnSegment, 0)).FirstOrDefault(record => record.Kind == RecordKind.RunStarted);
        return record.Kind == RecordKind.RunStarted
            ? (record.ToRunStarted(), record.Address)
            : throw Missing.Run(this);
    }
}
