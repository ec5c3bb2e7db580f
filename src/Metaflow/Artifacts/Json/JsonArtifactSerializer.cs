using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Metaflow.Artifacts.JsonNpy;

namespace Metaflow.Artifacts.Json;

/// <summary>Everything that is not a single number, text or numeric array, through System.Text.Json.</summary>
internal sealed class JsonArtifactSerializer<T> : Serializer<T>
{
    private static readonly Lazy<JsonArtifactSerializer<T>> LazyShared = new(() => new());

    private readonly Lazy<Contract> _contract = new(Contract.Create);
    private readonly LightJson<T>? _light;

    /// <param name="allowsShortWay">Whether simple collections may go past the serializer's metadata.</param>
    public JsonArtifactSerializer(bool allowsShortWay = true) =>
        _light = allowsShortWay ? (LightJson<T>?)LightJson.Find(typeof(T)) : null;

    /// <summary>For types that have a format of their own, and may also be read from JSON.</summary>
    public static JsonArtifactSerializer<T> Shared => LazyShared.Value;

    public override bool ReadsNull => typeof(T) == typeof(JsonElement) || typeof(T) == typeof(JsonDocument);

    public override bool ReadsPackedArrays => true;

    public override ArtifactContent Encode(string name, T value)
    {
        if (_light is { } light)
        {
            return Encode(name, value, light.Write);
        }

        var contract = _contract.Value;
        return contract.Problem is { } problem
            ? throw ArtifactErrors.CannotStore(name, problem)
            : Encode(name, value, contract.Write);
    }

    public override T Decode(in StoredContent content) => content.Encoding switch
    {
        Encodings.Json => DecodeJson(content),
        Encodings.JsonNpy => DecodePacked(content),
        _ => throw ArtifactErrors.WrongEncoding<T>(content),
    };

    private static ArtifactContent Encode(string name, T value, Action<Utf8JsonWriter, T> write)
    {
        var packer = new ArrayPacker();
        var document = Write(name, value, write, packer);
        // The value is not written once more: its author's code may give something else the second time.
        return packer.References == 0 ? new(Encodings.Json, document)
            : JsonNpyContent.TryCreate(document, packer) ?? new(Encodings.Json, JsonNpyContent.PutBack(document, packer));
    }

    private static ReadOnlySequence<byte> Write(string name, T value, Action<Utf8JsonWriter, T> write, ArrayPacker packer)
    {
        using var output = new ContentWriter();
        var before = ArrayPacker.Exchange(packer);
        try
        {
            using var lease = WriterLease.Take(output);
            packer.Writer = lease.Writer;
            write(lease.Writer, value);
            lease.Writer.Flush();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw ArtifactErrors.CannotStore(name, JsonProblem.WhenWriting(typeof(T), e), e);
        }
        finally
        {
            ArrayPacker.Exchange(before);
        }

        return output.ToSequence();
    }

    private T DecodeJson(in StoredContent content)
    {
        if (_light is { } light && TryRead(light, content.Bytes, out var value))
        {
            return value;
        }

        try
        {
            return Read(content, content.Bytes);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or ArtifactSerializationException))
        {
            throw ArtifactErrors.CannotRead<T>(content, JsonProblem.WhenReading(e), e);
        }
    }

    private T DecodePacked(in StoredContent content)
    {
        var packed = content.PackedArrays<T>();
        var unpacker = new ArrayUnpacker(packed.Sections);
        var before = ArrayUnpacker.Exchange(unpacker);
        try
        {
            var document = new ReadOnlySequence<byte>(packed.Document);
            var value = _light is { } light && TryRead(light, document, out var read) ? read : Read(content, document);
            if (unpacker.References == packed.References)
            {
                return value;
            }
        }
        catch (Exception e) when (e is not (OutOfMemoryException or ArtifactSerializationException))
        {
            // Read below, with the numbers in the JSON: as another type, by a converter of the author's that wants them there,
            // or with a message that tells of them.
        }
        finally
        {
            ArrayUnpacker.Exchange(before);
        }

        return DecodeJson(content.WithArraysInJson<T>(packed));
    }

    private T Read(in StoredContent content, in ReadOnlySequence<byte> document)
    {
        var contract = _contract.Value;
        if (contract.Problem is { } problem)
        {
            throw ArtifactErrors.CannotRead<T>(content, problem);
        }

        return document.IsSingleSegment
            ? JsonSerializer.Deserialize(document.FirstSpan, contract.Info!)!
            : ReadSegments(document, contract.Info!);
    }

    /// <summary>Whatever does not fit the short way is left to the long one, which also knows what to say about it.</summary>
    private static bool TryRead(LightJson<T> light, in ReadOnlySequence<byte> bytes, out T value)
    {
        if (bytes.IsSingleSegment && light.TryReadWritten(bytes.FirstSpan, out value!))
        {
            return true;
        }

        try
        {
            var reader = new Utf8JsonReader(bytes, JsonFormat.ReaderOptions);
            reader.Read();
            value = light.Read(ref reader);
            return !reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            value = default!;
            return false;
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

        public void Write(Utf8JsonWriter writer, T value) => JsonSerializer.Serialize(writer, value, Info!);
    }
}
