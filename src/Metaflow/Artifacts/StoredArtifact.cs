using System.Buffers;
using Metaflow.Binding;
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

    /// <summary>The verified bytes of an artifact, valid until the next call.</summary>
    ReadOnlyMemory<byte> Read(StoredArtifact artifact);

    /// <summary>The same for an artifact of any size. Sources of artifacts beyond 2 GB have to provide it.</summary>
    ReadOnlySequence<byte> ReadAll(StoredArtifact artifact) => artifact.Size <= int.MaxValue
        ? new(Read(artifact))
        : throw new MetaflowException(
            $"Artifact '{artifact.Name}' has {DataSize.Format(artifact.Size)}, more than this store can read at once.");

    /// <summary>
    /// Reads an artifact while its bytes are valid for sure. Sources that several threads share provide it.
    /// </summary>
    T Use<T>(StoredArtifact artifact, Func<ReadOnlySequence<byte>, T> read) => read(ReadAll(artifact));

    /// <summary>Opens content that an artifact refers to: that of an <see cref="IncludedFile"/>.</summary>
    Stream OpenBlob(ContentHash hash) =>
        throw new MetaflowException($"The content {hash} cannot be opened: these artifacts were read without their store.");
}
