using System.Buffers;
using System.Text.Json;

namespace Metaflow.Artifacts;

/// <summary>Values to bytes and back. The reader supplies the type; nothing in the bytes chooses code.</summary>
internal static class ArtifactCodec
{
    /// <summary>Turns a value into bytes.</summary>
    /// <exception cref="ArtifactSerializationException">The type cannot be stored.</exception>
    public static ArtifactContent Encode<T>(string name, T value) =>
        new("json", new ReadOnlySequence<byte>(JsonSerializer.SerializeToUtf8Bytes(value)));

    /// <summary>Turns bytes back into a value.</summary>
    /// <exception cref="ArtifactSerializationException">The bytes do not hold a <typeparamref name="T"/>.</exception>
    public static T Decode<T>(string name, string encoding, ReadOnlyMemory<byte> content) =>
        JsonSerializer.Deserialize<T>(content.Span)!;

    /// <summary>
    /// Whether a value of the type can be changed after it was read: then it is compared with what was stored when the
    /// step ends, so that no change is lost.
    /// </summary>
    public static bool IsMutable<T>() => true;
}
