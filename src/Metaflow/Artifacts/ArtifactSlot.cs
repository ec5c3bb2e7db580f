using Metaflow.Storage;

namespace Metaflow.Artifacts;

/// <summary>One artifact of a task: its value when it is loaded, its stored form when it has one.</summary>
internal abstract class ArtifactSlot(string name)
{
    /// <summary>The artifact's name.</summary>
    public string Name { get; } = name;

    /// <summary>Whether the value is in memory.</summary>
    public bool HasValue { get; protected set; }

    /// <summary>Whether the task assigned the artifact.</summary>
    public bool IsWritten { get; protected set; }

    /// <summary>The stored form, if the value came from the store and was not assigned since.</summary>
    public StoredArtifact? Stored { get; set; }

    /// <summary>Where <see cref="Stored"/> is read from.</summary>
    public IArtifactSource? Source { get; set; }

    /// <summary>Whether the value has to be encoded when the task ends: it was assigned, or read and may have been changed in place.</summary>
    public abstract bool NeedsEncoding { get; }

    /// <summary>A slot that only refers to the store.</summary>
    public static ArtifactSlot Reference(StoredArtifact stored, IArtifactSource source) =>
        new ArtifactSlot<object?>(stored.Name) { Stored = stored, Source = source };

    /// <summary>The value as bytes.</summary>
    /// <param name="blobs">Where the content of a file goes that the task made; without it, such a file cannot be stored.</param>
    public abstract ArtifactContent Encode(BlobStore? blobs = null);

    /// <summary>A slot of another table with the same content; assigning one does not change the other.</summary>
    public ArtifactSlot Copy() =>
        // A value that was read and not changed is read again by whoever wants it, so that changing one does not change both.
        Stored is { } stored && (!HasValue || (NeedsEncoding && Identity == new ContentIdentity(stored.Encoding, stored.Hash)))
            ? Reference(stored, Source!)
            : Clone();

    /// <summary>The same artifact under its type or another.</summary>
    public ArtifactSlot<T> As<T>()
    {
        if (this is ArtifactSlot<T> same)
        {
            return same;
        }

        var typed = new ArtifactSlot<T>(Name) { Stored = Stored, Source = Source };
        if (HasValue && NeedsEncoding)
        {
            // The value may differ from what is stored, so it is what counts; its bytes decide whether it is a T.
            var content = Encode();
            typed.Assign(ArtifactCodec.Decode<T>(Name, content.Encoding, content.Bytes, Source is null ? null : Source.OpenBlob));
        }

        return typed;
    }

    /// <summary>The identity of the content, for comparing branches. Computed anew each time while the value may change.</summary>
    public ContentIdentity Identity
    {
        get
        {
            if (Stored is { } stored && !NeedsEncoding)
            {
                return new(stored.Encoding, stored.Hash);
            }

            var content = Encode();
            return new(content.Encoding, ContentHash.Of(content.Bytes));
        }
    }

    private protected abstract ArtifactSlot Clone();
}

/// <summary>What two artifacts have in common that are the same: the string "1" and the number 1 have the same bytes.</summary>
/// <param name="Encoding">The format.</param>
/// <param name="Hash">The identity of the bytes.</param>
internal readonly record struct ContentIdentity(string Encoding, ContentHash Hash);

/// <inheritdoc cref="ArtifactSlot"/>
internal sealed class ArtifactSlot<T>(string name) : ArtifactSlot(name)
{
    /// <summary>The value; meaningful only while <see cref="ArtifactSlot.HasValue"/>.</summary>
    public T Value { get; private set; } = default!;

    public override bool NeedsEncoding => HasValue && (IsWritten || ArtifactCodec.IsMutable<T>());

    /// <summary>Keeps a value that was loaded from the store.</summary>
    public T Load(T value)
    {
        HasValue = true;
        return Value = value;
    }

    /// <summary>Keeps a value that the task assigned.</summary>
    public void Assign(T value)
    {
        HasValue = true;
        IsWritten = true;
        Value = value;
        Stored = null;
        Source = null;
    }

    public override ArtifactContent Encode(BlobStore? blobs = null) => Value is IncludedFile { Hash: null } file && blobs is not null
        ? IncludedFileContent.Keep(Name, file, blobs)
        : ArtifactCodec.Encode(Name, Value);

    private protected override ArtifactSlot Clone() => new ArtifactSlot<T>(Name)
    {
        Stored = Stored,
        Source = Source,
        HasValue = HasValue,
        IsWritten = IsWritten,
        Value = Value,
    };
}
