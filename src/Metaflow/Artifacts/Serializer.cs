namespace Metaflow.Artifacts;

/// <summary>Stores and reads values of one type. Chosen once per type, when the type is first used.</summary>
internal abstract class Serializer<T>
{
    /// <summary>The serializer of the type. It always exists; one for a type that cannot be stored says so when used.</summary>
    public static Serializer<T> Instance { get; } = SerializerFactory.Create<T>();

    /// <summary>Whether a value cannot be changed in place although its type does not tell.</summary>
    public virtual bool IsImmutable => false;

    /// <summary>Whether JSON's null is a value of the type, not the absence of one.</summary>
    public virtual bool ReadsNull => false;

    /// <summary>Whether it reads objects whose arrays stand behind the JSON; for others they are put into it before.</summary>
    public virtual bool ReadsPackedArrays => false;

    /// <summary>Turns a value, which is not null, into bytes.</summary>
    public abstract ArtifactContent Encode(string name, T value);

    /// <summary>Turns bytes, which are not JSON's null, back into a value.</summary>
    public abstract T Decode(in StoredContent content);
}
