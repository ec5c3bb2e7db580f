using System.Buffers;

namespace Metaflow.Artifacts;

/// <summary>A type with a serializer that its author, or the flow's, has written.</summary>
internal sealed class CustomSerializer<T> : Serializer<T>
{
    private readonly IArtifactSerializer<T> _serializer;
    private readonly string _encoding;
    private readonly Lazy<Serializer<T>> _builtIn = new(SerializerFactory.CreateBuiltIn<T>);

    private CustomSerializer(IArtifactSerializer<T> serializer)
    {
        _serializer = serializer;
        _encoding = serializer.Encoding;
    }

    public override bool IsImmutable => _serializer.IsImmutable;

    public override bool ReadsPackedArrays => _encoding == Encodings.JsonNpy;

    public static Serializer<T> Create(IArtifactSerializer<T> serializer) => Encodings.IsValid(serializer.Encoding)
        ? new CustomSerializer<T>(serializer)
        : new RefusingSerializer<T>(
            $"the serializer {TypeNames.Of(serializer.GetType())} calls its format '{serializer.Encoding}'. A format's name has "
            + $"1 to {Encodings.MaximumLength} lower-case letters, digits and the characters . + - _.");

    public static Serializer<T> Create(Type serializerType)
    {
        try
        {
            var closed = serializerType.IsGenericTypeDefinition
                ? serializerType.MakeGenericType(typeof(T).GetGenericArguments())
                : serializerType;
            if (Activator.CreateInstance(closed) is IArtifactSerializer<T> serializer)
            {
                return Create(serializer);
            }
        }
        catch (Exception e) when (e is MissingMethodException or ArgumentException or InvalidOperationException)
        {
            // Said below: the caller sees it when a value is first stored or read.
        }

        return new RefusingSerializer<T>(
            $"[ArtifactSerializer] on {TypeNames.Of(typeof(T))} names {TypeNames.Of(serializerType)}, which is not an "
            + $"IArtifactSerializer<{TypeNames.Of(typeof(T))}> with a public constructor without parameters.");
    }

    public override ArtifactContent Encode(string name, T value)
    {
        using var output = new ContentWriter();
        try
        {
            _serializer.Serialize(value, output);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or ArtifactSerializationException))
        {
            throw ArtifactErrors.CannotStore(
                name, $"its serializer {TypeNames.Of(_serializer.GetType())} failed with {e.GetType().Name}: {e.Message}", e);
        }

        return new(_encoding, output.ToSequence());
    }

    public override T Decode(in StoredContent content)
    {
        if (content.Encoding != _encoding)
        {
            // What was stored before the type had a serializer.
            return _builtIn.Value.Decode(content);
        }

        try
        {
            return _serializer.Deserialize(content.Bytes);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or ArtifactSerializationException))
        {
            throw ArtifactErrors.CannotRead<T>(
                content, $"its serializer {TypeNames.Of(_serializer.GetType())} failed with {e.GetType().Name}: {e.Message}", e);
        }
    }
}

/// <summary>A type that was declared wrongly; it says so when a value is stored or read.</summary>
internal sealed class RefusingSerializer<T>(string problem) : Serializer<T>
{
    public override ArtifactContent Encode(string name, T value) => throw ArtifactErrors.CannotStore(name, problem);

    public override T Decode(in StoredContent content) => throw ArtifactErrors.CannotRead<T>(content, problem);
}
