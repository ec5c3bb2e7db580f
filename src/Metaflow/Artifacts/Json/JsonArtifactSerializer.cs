using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Metaflow.Artifacts.Json;

/// <summary>Everything that is not a single number, text or numeric array, through System.Text.Json.</summary>
internal sealed class JsonArtifactSerializer<T> : Serializer<T>
{
    private static readonly Lazy<JsonArtifactSerializer<T>> LazyShared = new(() => new());

    private readonly Lazy<Contract> _contract = new(Contract.Create);

    /// <summary>For types that have a format of their own, and may also be read from JSON.</summary>
    public static JsonArtifactSerializer<T> Shared => LazyShared.Value;

    public override bool ReadsNull => typeof(T) == typeof(JsonElement) || typeof(T) == typeof(JsonDocument);

    public override ArtifactContent Encode(string name, T value)
    {
        var contract = _contract.Value;
        if (contract.Problem is { } problem)
        {
            throw ArtifactErrors.CannotStore(name, problem);
        }

        using var output = new ContentWriter();
        try
        {
            using var lease = WriterLease.Take(output);
            JsonSerializer.Serialize(lease.Writer, value, contract.Info!);
            lease.Writer.Flush();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw ArtifactErrors.CannotStore(name, JsonProblem.WhenWriting(typeof(T), e), e);
        }

        return new(Encodings.Json, output.ToSequence());
    }

    public override T Decode(in StoredContent content)
    {
        if (content.Encoding != Encodings.Json)
        {
            throw ArtifactErrors.WrongEncoding<T>(content);
        }

        var contract = _contract.Value;
        if (contract.Problem is { } problem)
        {
            throw ArtifactErrors.CannotRead<T>(content, problem);
        }

        try
        {
            return content.Bytes.IsSingleSegment
                ? JsonSerializer.Deserialize(content.Bytes.FirstSpan, contract.Info!)!
                : ReadSegments(content.Bytes, contract.Info!);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw ArtifactErrors.CannotRead<T>(content, JsonProblem.WhenReading(e), e);
        }
    }

    private static T ReadSegments(in ReadOnlySequence<byte> bytes, JsonTypeInfo<T> info)
    {
        var reader = new Utf8JsonReader(bytes, JsonFormat.ReaderOptions);
        var value = JsonSerializer.Deserialize(ref reader, info)!;
        return reader.Read() ? throw new JsonException("There is more than one value.") : value;
    }

    /// <summary>What is decided once per type.</summary>
    private sealed record Contract(JsonTypeInfo<T>? Info, string? Problem)
    {
        public static Contract Create() => JsonContract.FindProblem(typeof(T)) is { } problem
            ? new(null, problem)
            : new((JsonTypeInfo<T>)JsonFormat.Options.GetTypeInfo(typeof(T)), null);
    }
}
