namespace Metaflow;

/// <summary>Names the serializer of a type. One registered with <see cref="ArtifactSerializers.Add{T}"/> goes before it.</summary>
/// <param name="serializerType">
/// An <see cref="IArtifactSerializer{T}"/> of the type with a public constructor without parameters. For a generic type it
/// may be generic in the same parameters: <c>typeof(TreeSerializer&lt;&gt;)</c>.
/// </param>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface | AttributeTargets.Enum, Inherited = false)]
public sealed class ArtifactSerializerAttribute(Type serializerType) : Attribute
{
    /// <summary>The serializer's type.</summary>
    public Type SerializerType { get; } = serializerType;
}
