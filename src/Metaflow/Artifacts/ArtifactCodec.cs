using System.Buffers;
using Metaflow.Artifacts.Json;
using Metaflow.Storage;

namespace Metaflow.Artifacts;

/// <summary>Values to bytes and back. The reader supplies the type; nothing in the bytes chooses code.</summary>
internal static class ArtifactCodec
{
    private static readonly ArtifactContent Null = new(Encodings.Json, new ReadOnlySequence<byte>("null"u8.ToArray()));

    /// <summary>Turns a value into bytes. They may point into the value's own memory.</summary>
    /// <exception cref="ArtifactSerializationException">The type cannot be stored.</exception>
    public static ArtifactContent Encode<T>(string name, T value) =>
        value is null ? Null : Serializer<T>.Instance.Encode(name, value);

    /// <summary>Turns bytes back into a value.</summary>
    /// <exception cref="ArtifactSerializationException">The bytes do not hold a <typeparamref name="T"/>.</exception>
    public static T Decode<T>(string name, string encoding, ReadOnlyMemory<byte> content) =>
        Decode<T>(name, encoding, new ReadOnlySequence<byte>(content));

    /// <summary>Turns bytes back into a value.</summary>
    /// <param name="name">The artifact's name, for messages.</param>
    /// <param name="encoding">The format of the bytes.</param>
    /// <param name="content">The bytes. The value does not point into them.</param>
    /// <param name="openBlob">Opens stored content; needed only for an <see cref="IncludedFile"/> that will be read.</param>
    /// <exception cref="ArtifactSerializationException">The bytes do not hold a <typeparamref name="T"/>.</exception>
    public static T Decode<T>(
        string name, string encoding, in ReadOnlySequence<byte> content, Func<ContentHash, Stream>? openBlob = null)
    {
        var stored = new StoredContent(name, encoding, content, openBlob);
        if (encoding == Encodings.JsonNpy && !Serializer<T>.Instance.ReadsPackedArrays)
        {
            return Serializer<T>.Instance.Decode(stored.WithArraysInJson<T>(stored.PackedArrays<T>()));
        }

        if (encoding == Encodings.Json && JsonText.IsNull(content) && !Serializer<T>.Instance.ReadsNull)
        {
            return default(T) is null
                ? default!
                : throw ArtifactErrors.CannotRead<T>(stored, $"it is null. Read it as {TypeNames.Of(typeof(T))}?.");
        }

        return Serializer<T>.Instance.Decode(stored);
    }

    /// <summary>
    /// Whether a value of the type can be changed after it was read: then it is compared with what was stored when the
    /// step ends, so that no change is lost.
    /// </summary>
    public static bool IsMutable<T>() => MutabilityOf<T>.Value;

    private static class MutabilityOf<T>
    {
        public static readonly bool Value = !typeof(T).IsPrimitive && typeof(T) != typeof(string)
            && !Serializer<T>.Instance.IsImmutable && Mutability.IsMutable(typeof(T));
    }
}
