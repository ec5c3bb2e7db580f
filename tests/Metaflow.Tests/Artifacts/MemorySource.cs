using System.Buffers;
using Metaflow.Artifacts;
using Metaflow.Storage;

namespace Metaflow.Tests.Artifacts;

/// <summary>Stored artifacts in memory; counts how often bytes are read.</summary>
internal sealed class MemorySource : IArtifactSource
{
    private readonly Dictionary<string, (StoredArtifact Artifact, byte[] Bytes)> _stored = [];
    private int _reads;

    public int Reads => _reads;

    public Dictionary<ContentHash, byte[]> Blobs { get; } = [];

    public IEnumerable<StoredArtifact> All => _stored.Values.Select(entry => entry.Artifact);

    public MemorySource Add<T>(string name, T value) => AddContent(name, ArtifactCodec.Encode(name, value));

    public MemorySource AddContent(string name, ArtifactContent content)
    {
        var bytes = content.Bytes.ToArray();
        _stored[name] = (new(name, content.Encoding, bytes.Length, ContentHash.Of(bytes)), bytes);
        return this;
    }

    public StoredArtifact? Find(string name) => _stored.TryGetValue(name, out var entry) ? entry.Artifact : null;

    public ReadOnlyMemory<byte> Read(StoredArtifact artifact)
    {
        Interlocked.Increment(ref _reads);
        return _stored[artifact.Name].Bytes;
    }

    public Stream OpenBlob(ContentHash hash) => new MemoryStream(Blobs[hash], writable: false);
}
