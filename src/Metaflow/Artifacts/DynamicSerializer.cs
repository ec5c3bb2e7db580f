using System.Collections.Concurrent;
using Metaflow.Artifacts.Json;
using Metaflow.Artifacts.Npy;

namespace Metaflow.Artifacts;

/// <summary>
/// Artifacts declared as <see cref="object"/>: written as what they are, read as what their format holds, which for JSON
/// is a <see cref="System.Text.Json.JsonElement"/>.
/// </summary>
internal sealed class DynamicSerializer : Serializer<object>
{
    private static readonly ConcurrentDictionary<Type, IUntyped> Known = new();

    private interface IUntyped
    {
        ArtifactContent Encode(string name, object value);

        object Decode(in StoredContent content);
    }

    public override ArtifactContent Encode(string name, object value) => value.GetType() == typeof(object)
        ? throw ArtifactErrors.CannotStore(name, "it is a bare object, which holds nothing. Store a value.")
        : Of(value.GetType()).Encode(name, value);

    public override object Decode(in StoredContent content) => content.Encoding switch
    {
        Encodings.Json => JsonArtifactSerializer<System.Text.Json.JsonElement>.Shared.Decode(content),
        Encodings.Text => Serializer<string>.Instance.Decode(content),
        Encodings.Bytes => Serializer<byte[]>.Instance.Decode(content),
        Encodings.File => Serializer<IncludedFile>.Instance.Decode(content),
        Encodings.Npy => DecodeArray(content),
        _ => throw ArtifactErrors.WrongEncoding<object>(content),
    };

    private static object DecodeArray(in StoredContent content)
    {
        if (!NpyHeader.TryRead(content.Bytes, out var header, out var problem))
        {
            throw ArtifactErrors.CannotRead<object>(content, problem + ".");
        }

        return header.Shape.Length == 0
            ? throw ArtifactErrors.CannotRead<object>(content, $"it has no dimensions. Read it as {header.TypeName}.")
            : Of(header.Shape.Length == 1 ? header.Type.Element!.MakeArrayType() : header.Type.Element!.MakeArrayType(header.Shape.Length))
                .Decode(content);
    }

    private static IUntyped Of(Type type) =>
        Known.GetOrAdd(type, static t => (IUntyped)Activator.CreateInstance(typeof(Untyped<>).MakeGenericType(t))!);

    private sealed class Untyped<T> : IUntyped
    {
        // JSON is read back as JsonElement, so the value's own type needs no way back.
        public ArtifactContent Encode(string name, object value) => Serializer<T>.Instance is JsonArtifactSerializer<T>
            ? JsonArtifactSerializer<object>.Shared.Encode(name, value)
            : Serializer<T>.Instance.Encode(name, (T)value);

        public object Decode(in StoredContent content) => Serializer<T>.Instance.Decode(content)!;
    }
}
