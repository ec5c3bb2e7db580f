using System.Buffers;
using Metaflow.Artifacts.Npy;
using Metaflow.Storage;

namespace Metaflow.Artifacts;

/// <summary>Raw bytes, as they are.</summary>
/// <typeparam name="T">One of the types that hold bytes.</typeparam>
/// <param name="wrap">From the value to its memory.</param>
/// <param name="unwrap">From the stored bytes to a value.</param>
internal sealed class BytesSerializer<T>(Func<T, ReadOnlyMemory<byte>> wrap, Func<byte[], T> unwrap) : Serializer<T>
{
    private readonly NpyVectorSerializer<T, byte> _npy = new(wrap, unwrap);

    public override ArtifactContent Encode(string name, T value) =>
        new(Encodings.Bytes, new ReadOnlySequence<byte>(wrap(value)));

    public override T Decode(in StoredContent content)
    {
        if (content.Encoding == Encodings.Json)
        {
            return Json.JsonArtifactSerializer<T>.Shared.Decode(content);
        }

        if (content.Encoding == Encodings.Npy)
        {
            return _npy.Decode(content);
        }

        if (content.Encoding != Encodings.Bytes)
        {
            throw ArtifactErrors.WrongEncoding<T>(content);
        }

        return content.Bytes.Length <= Array.MaxLength
            ? unwrap(Copy(content.Bytes))
            : throw ArtifactErrors.CannotRead<T>(
                content, "it is longer than an array can be. Read it with an IArtifactSerializer of your own.");
    }

    private static byte[] Copy(in ReadOnlySequence<byte> bytes)
    {
        var copy = GC.AllocateUninitializedArray<byte>((int)bytes.Length);
        ParallelCopy.CopyTo(bytes, copy);
        return copy;
    }
}

/// <summary>The types of <see cref="BytesSerializer{T}"/>.</summary>
internal static class BytesSerializers
{
    public static object? Create(Type type) =>
        type == typeof(byte[]) ? new BytesSerializer<byte[]>(value => value, array => array)
        : type == typeof(Memory<byte>) ? new BytesSerializer<Memory<byte>>(value => value, array => array)
        : type == typeof(ReadOnlyMemory<byte>) ? new BytesSerializer<ReadOnlyMemory<byte>>(value => value, array => array)
        : null;
}
