using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Benchmarks.Storage;

/// <summary>The store as the runtime uses it: large content as blobs, small content in the task's record.</summary>
internal sealed class Ours : IContender
{
    private readonly LocalStore _store;
    private readonly RunFolder _run;
    private readonly SegmentWriter _writer;
    private IReadOnlyList<StoredArtifact> _saved = [];
    private RecordAddress _address;
    private long _task;
    private int _recordLength;

    public Ours(string directory)
    {
        _store = LocalStore.Open(directory);
        _run = _store.ClaimRun("Bench", new RunClaim("Bench", "bench", DateTimeOffset.UtcNow, null, 0).Write());
        _writer = _run.OpenWriter();
    }

    public long StoredBytes => _recordLength + BlobFiles().Sum(file => new FileInfo(file).Length);

    public void Save(Case what)
    {
        var artifacts = new List<StoredArtifact>(what.Count);
        var room = ArtifactKeeper.MaximumInlineTotal;
        for (var index = 0; index < what.Count; index++)
        {
            var artifact = ArtifactKeeper.Keep(_store.Blobs, what.Encode(index), "Value" + index, room);
            room -= artifact.Inline?.Length ?? 0;
            artifacts.Add(artifact);
        }

        var data = new TaskData { Artifacts = artifacts }.Write();
        var header = new AttemptRecord
        {
            TaskId = ++_task, Step = "Train", Attempt = 0, Outcome = AttemptOutcome.Succeeded, DataLength = data.Length,
        }.Write();
        _recordLength = header.Length + data.Length;
        _address = _writer.Append(RecordKind.Attempt, header, data);
        _writer.Commit();
        _saved = artifacts;
    }

    public void Load(Case what)
    {
        using var content = new RunContent(_store, _run);
        var artifacts = content.Artifacts(_address);
        foreach (var artifact in artifacts.All)
        {
            what.Decode(artifact, artifacts.ReadAll(artifact));
        }
    }

    public void Drop()
    {
        foreach (var file in BlobFiles())
        {
            File.Delete(file);
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        _store.Dispose();
    }

    private IEnumerable<string> BlobFiles() =>
        _saved.Where(artifact => artifact.Inline is null).Select(artifact => Path.Join(_store.Root, StoreLayout.BlobKey(artifact.Hash)));
}
