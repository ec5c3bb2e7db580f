using System.Buffers;
using Metaflow.Artifacts;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>The artifacts of a finished task for flow views. Safe for several threads.</summary>
internal sealed class StoredArtifacts(StoredRun run, RecordAddress address) : IArtifactSource
{
    public IEnumerable<StoredArtifact> All => run.Read(content => content.Artifacts(address).All.ToList());

    public StoredArtifact? Find(string name) => run.Read(content => content.Artifacts(address).Find(name));

    public T Use<T>(StoredArtifact artifact, Func<ReadOnlySequence<byte>, T> read) => run.Use(artifact, read);

    public ReadOnlyMemory<byte> Read(StoredArtifact artifact) => artifact.Inline ?? run.Use(artifact, content => content.ToArray());

    public Stream OpenBlob(ContentHash hash) => run.OpenBlob(hash);
}
