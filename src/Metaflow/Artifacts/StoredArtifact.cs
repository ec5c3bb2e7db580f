using Metaflow.Storage;

namespace Metaflow.Artifacts;

/// <summary>An artifact that is in the store.</summary>
/// <param name="Name">The artifact's name.</param>
/// <param name="Encoding">The format of its bytes.</param>
/// <param name="Size">The number of bytes.</param>
/// <param name="Hash">The identity of the bytes.</param>
/// <param name="Inline">The bytes themselves when they are kept in the task's record; otherwise they are a blob.</param>
internal sealed record StoredArtifact(
    string Name, string Encoding, long Size, ContentHash Hash, ReadOnlyMemory<byte>? Inline = null);

/// <summary>The stored artifacts that a task can read.</summary>
internal interface IArtifactSource
{
    /// <summary>Every artifact there is.</summary>
    IEnumerable<StoredArtifact> All { get; }

    /// <summary>An artifact by name.</summary>
    StoredArtifact? Find(string name);

    /// <summary>The verified bytes of an artifact.</summary>
    ReadOnlyMemory<byte> Read(StoredArtifact artifact);
}
