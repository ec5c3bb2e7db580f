using System.Buffers;
using Metaflow.Artifacts;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Metadata;

/// <summary>The artifacts of a finished task: its own and, through its bases, those that it passed on.</summary>
internal sealed class TaskArtifacts(RunContent run, TaskData data) : IArtifactSource
{
    private TaskArtifacts? _base;

    /// <summary>What the task itself stored.</summary>
    public TaskData Data { get; } = data;

    public IEnumerable<StoredArtifact> All
    {
        get
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var source in Chain())
            {
                foreach (var artifact in source.Data.Artifacts)
                {
                    if (seen.Add(artifact.Name))
                    {
                        yield return artifact;
                    }
                }
            }
        }
    }

    private TaskArtifacts? Base => Data.Base == default ? null : _base ??= run.Artifacts(Data.Base);

    public StoredArtifact? Find(string name)
    {
        foreach (var source in Chain())
        {
            foreach (var artifact in source.Data.Artifacts)
            {
                if (artifact.Name == name)
                {
                    return artifact;
                }
            }
        }

        return null;
    }

    /// <summary>This one and its bases, no more of them than a writer makes: damaged records may form a ring.</summary>
    private IEnumerable<TaskArtifacts> Chain()
    {
        var length = 0;
        for (var source = this; source is not null; source = source.Base)
        {
            yield return length++ <= TaskData.MaximumDepth ? source : throw run.Corrupt(Data.Base, "it inherits artifacts in a ring");
        }
    }

    public ReadOnlyMemory<byte> Read(StoredArtifact artifact) => run.Read(artifact);

    public ReadOnlySequence<byte> ReadAll(StoredArtifact artifact) => run.ReadAll(artifact);

    public Stream OpenBlob(ContentHash hash) => run.OpenBlob(hash);
}
