using Metaflow.Storage.Files;

namespace Metaflow.Storage;

/// <summary>The directory of one run.</summary>
internal sealed class RunFolder
{
    private readonly LocalStore _store;

    internal RunFolder(LocalStore store, string flowName, string runId, string path)
    {
        _store = store;
        FlowName = flowName;
        RunId = runId;
        Path = path;
    }

    /// <summary>The flow's name.</summary>
    public string FlowName { get; }

    /// <summary>The run's number among the runs of its flow.</summary>
    public string RunId { get; }

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>What was stored when the run was claimed.</summary>
    public byte[] ReadClaim()
    {
        var path = System.IO.Path.Join(Path, StoreLayout.ClaimFile);
        return StoreLayout.ReadSmallFile(_store.Files, path) ?? throw CorruptDataException.Create(path, 0, "it is missing");
    }

    /// <summary>Opens the run for appending; several writers may be open at once, each has its own segment files.</summary>
    /// <param name="segmentLimit">The size in bytes at which a new segment file is begun.</param>
    public SegmentWriter OpenWriter(long segmentLimit = SegmentWriter.DefaultLimit)
    {
        _store.RequireWritable();
        return new(_store.Files, Path, segmentLimit);
    }

    /// <summary>Opens the run for reading, also while it is written.</summary>
    public SegmentReader OpenReader() => new(_store.Files, Path);

    public override string ToString() => $"{FlowName}/{RunId}";
}
