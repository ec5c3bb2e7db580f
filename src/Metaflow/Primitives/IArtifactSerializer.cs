using System.Buffers;

namespace Metaflow;

/// <summary>
/// Stores values of one type in a format of its own. Register it with <see cref="ArtifactSerializers.Add{T}"/>, or name
/// it on the type with <see cref="ArtifactSerializerAttribute"/>.
/// </summary>
/// <remarks>
/// One object serves all threads at once, so it keeps no state. It is chosen by the type that the artifact's property
/// declares, never by the stored data. A <see langword="null"/> value never reaches it.
/// </remarks>
/// <typeparam name="T">The type, exactly as the artifact's property declares it.</typeparam>
public interface IArtifactSerializer<T>
{
    /// <summary>
    /// The name of the format, stored beside the bytes: 1 to 64 lower-case letters, digits and <c>. + - _</c>, such as
    /// <c>arrow</c> or <c>acme.tree-1</c>. Use <c>json</c>, <c>npy</c>, <c>text</c> or <c>bytes</c> only for bytes that
    /// really are in that format. It must not change; give a new format a new name.
    /// </summary>
    string Encoding { get; }

    /// <summary>
    /// Whether a value cannot be changed once it was read. Then it need not be compared with what is stored when the step
    /// ends. Default: <see langword="false"/>.
    /// </summary>
    bool IsImmutable => false;

    /// <summary>Writes a value. The same value must give the same bytes.</summary>
    /// <param name="value">The value; not <see langword="null"/>.</param>
    /// <param name="output">Receives the bytes.</param>
    /// <exception cref="ArtifactSerializationException">The value cannot be stored.</exception>
    void Serialize(T value, IBufferWriter<byte> output);

    /// <summary>Reads a value.</summary>
    /// <param name="input">All bytes, as they were written. They are valid only during the call: copy what the value keeps.</param>
    /// <exception cref="ArtifactSerializationException">The bytes do not hold a value of the type.</exception>
    T Deserialize(ReadOnlySequence<byte> input);
}
