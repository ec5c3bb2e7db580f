using Metaflow.Artifacts;
using Metaflow.Artifacts.Display;
using Metaflow.Binding;

namespace Metaflow.Client;

/// <summary>A stored artifact or parameter. Its value is read each time it is asked for.</summary>
public sealed class ArtifactReference
{
    private const long LargestPreview = 16 << 20;
    private const int PreviewSize = 200;

    private readonly StoredRun _run;
    private readonly StoredArtifact _stored;
    private readonly string _owner;

    internal ArtifactReference(StoredRun run, StoredArtifact stored, string owner)
    {
        _run = run;
        _stored = stored;
        _owner = owner;
    }

    /// <summary>The artifact's name.</summary>
    public string Name => _stored.Name;

    /// <summary>Where the artifact is found: <c>GenreFlow/3/Rank/17/Best</c>.</summary>
    public string PathSpec => $"{_owner}/{Name}";

    /// <summary>The format of its bytes: <c>json</c>, <c>json+npy</c>, <c>npy</c>, <c>text</c>, <c>bytes</c>, <c>included-file</c>, or that of a serializer of its own.</summary>
    public string Encoding => _stored.Encoding;

    /// <summary>The size of its content in bytes.</summary>
    public long Size => _stored.Size;

    /// <summary>
    /// The identity of its content, 64 hexadecimal digits: artifacts with the same one and the same encoding have the same
    /// value. Up to 1 MiB it is the content's SHA-256, beyond the root of a tree of hashes.
    /// </summary>
    public string Sha256 => _stored.Hash.ToString();

    /// <summary>Reads the value.</summary>
    /// <typeparam name="T">The type as which it is read; nothing that is stored chooses it.</typeparam>
    /// <exception cref="ArtifactSerializationException">What is stored is not a <typeparamref name="T"/>.</exception>
    /// <exception cref="CorruptDataException">The content is damaged.</exception>
    public T Read<T>() => _run.Use(_stored, content => ArtifactCodec.Decode<T>(Name, Encoding, content, _run.OpenBlob));

    /// <summary>Opens the content as it is stored, in its <see cref="Encoding"/>; it is verified while it is read.</summary>
    /// <returns>A stream for the caller to dispose.</returns>
    /// <exception cref="CorruptDataException">The content is damaged; also while reading.</exception>
    public Stream OpenRead() => _run.OpenRead(_stored);

    /// <summary>The value for whoever does not know its type.</summary>
    /// <param name="maximumValueSize">The most bytes of JSON or text that are shown.</param>
    internal ArtifactSummary Describe(long maximumValueSize) => Size > LargestPreview
        ? new($"<{Encoding}, {DataSize.Format(Size)}>", ReadOnlyMemory<byte>.Empty, IsTooLarge: true)
        : _run.Use(_stored, content => ArtifactSummary.Of(Encoding, content, maximumValueSize));

    /// <summary>The name and a short form of the value.</summary>
    public override string ToString() => Size > LargestPreview
        ? $"{Name} = <{Encoding}, {DataSize.Format(Size)}>"
        : $"{Name} = {_run.Use(_stored, content => ArtifactSummary.Of(Encoding, content, PreviewSize)).Text}";
}
