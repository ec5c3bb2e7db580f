namespace Metaflow.Artifacts;

/// <summary>The messages about values that cannot be stored or read back.</summary>
internal static class ArtifactErrors
{
    /// <param name="name">The artifact's name.</param>
    /// <param name="problem">What is wrong and what to do, one or two sentences.</param>
    /// <param name="inner">The serializer's own fault.</param>
    public static ArtifactSerializationException CannotStore(string name, string problem, Exception? inner = null) =>
        new($"Artifact '{name}' cannot be stored: {problem}", inner);

    /// <param name="content">What is stored.</param>
    /// <param name="problem">What is wrong and what to do; it follows a colon.</param>
    /// <param name="inner">The parser's own fault.</param>
    public static ArtifactSerializationException CannotRead<T>(
        in StoredContent content, string problem, Exception? inner = null) =>
        new($"Artifact '{content.Name}' is stored as {ContentShape.Describe(content.Encoding, content.Bytes)} "
            + $"and cannot be read as {TypeNames.Of(typeof(T))}: {problem}", inner);

    /// <summary>The stored format is not one that the asked type is kept in.</summary>
    public static ArtifactSerializationException WrongEncoding<T>(in StoredContent content) =>
        CannotRead<T>(content, content.Encoding switch
        {
            Encodings.Npy => $"read it as {ContentShape.TypeFor(content.Bytes)}.",
            Encodings.Text => "read it as string.",
            Encodings.Bytes => "read it as byte[].",
            Encodings.File => "read it as IncludedFile.",
            Encodings.Json or Encodings.JsonNpy => "read it as JsonElement, or as the type that was stored.",
            _ => "that format belongs to a serializer of its own. Register it with "
                + $"ArtifactSerializers.Add<{TypeNames.Of(typeof(T))}>(…) before the flow runs.",
        });
}
