namespace Metaflow.Artifacts;

/// <summary>Values that may be absent; the absent one never comes here.</summary>
internal sealed class NullableSerializer<T> : Serializer<T?>
    where T : struct
{
    public override bool IsImmutable => Serializer<T>.Instance.IsImmutable;

    public override bool ReadsPackedArrays => Serializer<T>.Instance.ReadsPackedArrays;

    public override ArtifactContent Encode(string name, T? value) => Serializer<T>.Instance.Encode(name, value!.Value);

    public override T? Decode(in StoredContent content) => Serializer<T>.Instance.Decode(content);
}
