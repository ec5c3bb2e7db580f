using System.Buffers;
using System.Text.Json;
using Metaflow.Artifacts.JsonNpy;
using Metaflow.Storage;

namespace Metaflow.Artifacts;

/// <summary>Bytes to be read back, and what a message says about them.</summary>
/// <param name="Name">The artifact's name.</param>
/// <param name="Encoding">The format of the bytes.</param>
/// <param name="Bytes">The bytes.</param>
/// <param name="OpenBlob">Opens stored content, for values that refer to it.</param>
internal readonly record struct StoredContent(
    string Name, string Encoding, ReadOnlySequence<byte> Bytes, Func<ContentHash, Stream>? OpenBlob = null)
{
    /// <summary>The parts of an object with arrays behind the JSON.</summary>
    /// <exception cref="ArtifactSerializationException">The bytes are something else.</exception>
    public JsonNpyContent PackedArrays<T>() => JsonNpyContent.TryRead(Bytes, out var packed, out var problem)
        ? packed
        : throw ArtifactErrors.CannotRead<T>(this, problem + ".");

    /// <summary>The same value with all numbers in the JSON, for readers of another type.</summary>
    /// <exception cref="ArtifactSerializationException">The bytes are damaged.</exception>
    public StoredContent WithArraysInJson<T>(JsonNpyContent packed)
    {
        try
        {
            return this with { Encoding = Encodings.Json, Bytes = packed.Expand() };
        }
        catch (JsonException fault)
        {
            throw ArtifactErrors.CannotRead<T>(this, fault.Message, fault);
        }
    }
}
