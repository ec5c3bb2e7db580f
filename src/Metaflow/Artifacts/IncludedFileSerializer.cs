namespace Metaflow.Artifacts;

/// <summary>Included files whose content is in the store already.</summary>
internal sealed class IncludedFileSerializer : Serializer<IncludedFile>
{
    public override ArtifactContent Encode(string name, IncludedFile value) => value.Hash is { } hash
        ? IncludedFileContent.Describe(value.Path, value.Size, hash)
        : throw ArtifactErrors.CannotStore(
            name, $"the content of the included file '{value.Path}' is not in the store, and there is no store here to put it into. "
            + "Use byte[] or string.");

    public override IncludedFile Decode(in StoredContent content) => content.Encoding == Encodings.File
        ? IncludedFileContent.TryOpen(content.Bytes, content.OpenBlob)
            ?? throw ArtifactErrors.CannotRead<IncludedFile>(content, "the descriptor is damaged. Run the flow again.")
        : throw ArtifactErrors.WrongEncoding<IncludedFile>(content);
}
