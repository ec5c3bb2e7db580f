using System.Buffers.Binary;
using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Cards;
using Metaflow.Storage;

namespace Metaflow.Metadata.Records;

/// <summary>Where a task led, as stored.</summary>
/// <param name="Kind">The shape.</param>
/// <param name="Targets">The target steps.</param>
/// <param name="Count">How many items a foreach has.</param>
/// <param name="Items">The table of a foreach's items (see <see cref="ForEachItemTable"/>).</param>
internal sealed record StoredTransition(TransitionKind Kind, IReadOnlyList<string> Targets, int Count = 0, StoredArtifact? Items = null);

/// <summary>
/// What a task left: the artifacts that it set, small ones with their bytes, and where it led. Artifacts that it only
/// passed on are found through <see cref="Base"/>. See docs/formats/task-record.md.
/// </summary>
internal sealed record TaskData
{
    /// <summary>After this many steps of inheritance the whole table is written again, so that a look-up stays short.</summary>
    public const int MaximumDepth = 16;

    /// <summary>What an attempt leaves that failed. It is not empty: the addresses that follow a join's data begin where it ends.</summary>
    public static readonly ReadOnlyMemory<byte> Nothing = new TaskData().Write();

    /// <summary>The task whose artifacts this one inherits; none for joins and the first record.</summary>
    public RecordAddress Base { get; init; }

    /// <summary>How many bases a look-up may have to visit.</summary>
    public int Depth { get; init; }

    public IReadOnlyList<StoredArtifact> Artifacts { get; init; } = [];

    /// <summary>How many of the artifacts, the first ones, are the task's own where it lists everything again; otherwise all are.</summary>
    public int? Own { get; init; }

    public StoredTransition? Next { get; init; }

    /// <summary>The cards of the attempt, in the order in which the step declares them.</summary>
    public IReadOnlyList<StoredCard> Cards { get; init; } = [];

    /// <summary>What the task read from outside, and in which version, in the order in which it said so.</summary>
    public IReadOnlyList<ExternalInput> Inputs { get; init; } = [];

    /// <summary>Everything that the record holds or refers to, in the order of its bytes.</summary>
    public IEnumerable<StoredArtifact> Contents =>
        Artifacts.Concat(Next?.Items is { } items ? [items] : []).Concat(Cards.Select(card => card.Content));

    /// <summary>Reads the data part of a record's body. Inline bytes point into <paramref name="body"/>.</summary>
    /// <exception cref="JsonException">The bytes do not hold task data.</exception>
    public static TaskData Parse(ReadOnlyMemory<byte> body)
    {
        if (body.Length < 4)
        {
            return new();
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(body.Span);
        if (length > body.Length - 4)
        {
            throw new JsonException("The header of a task's data is longer than its record.");
        }

        var inline = body[(4 + (int)length)..];
        var data = new TaskData();
        var reader = new Utf8JsonReader(body.Span.Slice(4, (int)length));
        reader.BeginObject();
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("base"u8): data = data with { Base = reader.GetAddress() }; break;
                case var _ when name.SequenceEqual("depth"u8): data = data with { Depth = reader.GetInt32() }; break;
                case var _ when name.SequenceEqual("artifacts"u8):
                    var artifacts = new List<StoredArtifact>();
                    while (reader.NextElement())
                    {
                        artifacts.Add(ReadArtifact(ref reader, inline));
                    }

                    data = data with { Artifacts = artifacts };
                    break;
                case var _ when name.SequenceEqual("own"u8): data = data with { Own = reader.GetInt32() }; break;
                case var _ when name.SequenceEqual("next"u8): data = data with { Next = ReadNext(ref reader, inline) }; break;
                case var _ when name.SequenceEqual("inputs"u8): data = data with { Inputs = ReadInputs(ref reader) }; break;
                case var _ when name.SequenceEqual("cards"u8): data = data with { Cards = ReadCards(ref reader, inline) }; break;
                default: reader.Skip(); break;
            }
        }

        return data;
    }

    /// <summary>The data as bytes: length of the header, header, inline bytes.</summary>
    public byte[] Write()
    {
        var header = JsonFields.Write(this, static (json, data) =>
        {
            if (data.Base != default)
            {
                json.WriteAddress("base"u8, data.Base);
                json.WriteNumber("depth"u8, data.Depth);
            }

            if (data.Own is { } own)
            {
                json.WriteNumber("own"u8, own);
            }

            var at = 0;
            if (data.Artifacts.Count > 0)
            {
                json.WriteStartArray("artifacts"u8);
                foreach (var artifact in data.Artifacts)
                {
                    WriteArtifact(json, artifact, ref at);
                }

                json.WriteEndArray();
            }

            if (data.Next is { } next)
            {
                json.WriteStartObject("next"u8);
                json.WriteNumber("kind"u8, (int)next.Kind);
                json.WriteStrings("targets"u8, next.Targets);
                if (next.Items is { } items)
                {
                    json.WriteNumber("count"u8, next.Count);
                    json.WritePropertyName("items"u8);
                    WriteArtifact(json, items, ref at);
                }

                json.WriteEndObject();
            }

            if (data.Cards.Count > 0)
            {
                WriteCards(json, data.Cards, ref at);
            }

            if (data.Inputs.Count > 0)
            {
                WriteInputs(json, data.Inputs);
            }
        });

        var inline = Contents.Sum(artifact => artifact.Inline?.Length ?? 0);
        var bytes = new byte[4 + header.Length + inline];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, header.Length);
        header.CopyTo(bytes.AsSpan(4));
        var end = bytes.AsMemory(4 + header.Length);
        foreach (var artifact in Contents)
        {
            if (artifact.Inline is { } content)
            {
                content.CopyTo(end);
                end = end[content.Length..];
            }
        }

        return bytes;
    }

    private static void WriteInputs(Utf8JsonWriter json, IReadOnlyList<ExternalInput> inputs)
    {
        json.WriteStartArray("inputs"u8);
        foreach (var input in inputs)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, input.Name);
            json.WriteString("version"u8, input.Version);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static List<ExternalInput> ReadInputs(ref Utf8JsonReader reader)
    {
        var inputs = new List<ExternalInput>();
        while (reader.NextElement())
        {
            var input = new ExternalInput("", "");
            while (reader.NextProperty(out var name))
            {
                switch (name)
                {
                    case var _ when name.SequenceEqual("name"u8): input = input with { Name = reader.GetText() }; break;
                    case var _ when name.SequenceEqual("version"u8): input = input with { Version = reader.GetText() }; break;
                    default: reader.Skip(); break;
                }
            }

            inputs.Add(input);
        }

        return inputs;
    }

    private static void WriteCards(Utf8JsonWriter json, IReadOnlyList<StoredCard> cards, ref int at)
    {
        json.WriteStartArray("cards"u8);
        foreach (var card in cards)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, card.Type);
            if (card.Id is { } id)
            {
                json.WriteString("id"u8, id);
            }

            json.WriteNumber("status"u8, (int)card.Status);
            json.WritePropertyName("content"u8);
            WriteArtifact(json, card.Content, ref at);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static List<StoredCard> ReadCards(ref Utf8JsonReader reader, ReadOnlyMemory<byte> inline)
    {
        var cards = new List<StoredCard>();
        while (reader.NextElement())
        {
            var (type, id, status, content) = ("", default(string), CardStatus.Complete, default(StoredArtifact));
            while (reader.NextProperty(out var name))
            {
                switch (name)
                {
                    case var _ when name.SequenceEqual("type"u8): type = reader.GetText(); break;
                    case var _ when name.SequenceEqual("id"u8): id = reader.GetText(); break;
                    case var _ when name.SequenceEqual("status"u8): status = (CardStatus)reader.GetInt32(); break;
                    case var _ when name.SequenceEqual("content"u8): content = ReadArtifact(ref reader, inline); break;
                    default: reader.Skip(); break;
                }
            }

            cards.Add(new(type, id, status, content ?? throw new JsonException("A card has no content.")));
        }

        return cards;
    }

    private static void WriteArtifact(Utf8JsonWriter json, StoredArtifact artifact, ref int at)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, artifact.Name);
        json.WriteString("encoding"u8, artifact.Encoding);
        json.WriteNumber("size"u8, artifact.Size);
        json.WriteString("sha256"u8, artifact.Hash.ToString());
        if (artifact.Inline is { } inline)
        {
            json.WriteNumber("at"u8, at);
            at += inline.Length;
        }

        json.WriteEndObject();
    }

    private static StoredArtifact ReadArtifact(ref Utf8JsonReader reader, ReadOnlyMemory<byte> inline)
    {
        var (artifact, encoding, size, hash, at) = ("", "", 0L, default(ContentHash), -1);
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("name"u8): artifact = reader.GetText(); break;
                case var _ when name.SequenceEqual("encoding"u8): encoding = Known.Encoding(ref reader); break;
                case var _ when name.SequenceEqual("size"u8): size = reader.GetInt64(); break;
                case var _ when name.SequenceEqual("at"u8): at = reader.GetInt32(); break;
                case var _ when name.SequenceEqual("sha256"u8): hash = Known.Hash(ref reader); break;
                default: reader.Skip(); break;
            }
        }

        if (at >= 0 && (at > inline.Length || size > inline.Length - at || size < 0))
        {
            throw new JsonException($"Artifact '{artifact}' points outside its record.");
        }

        // Without its type, 'null' would become an empty array here.
        return new(artifact, encoding, size, hash, at >= 0 ? inline.Slice(at, (int)size) : default(ReadOnlyMemory<byte>?));
    }

    private static StoredTransition ReadNext(ref Utf8JsonReader reader, ReadOnlyMemory<byte> inline)
    {
        var next = new StoredTransition(TransitionKind.Linear, []);
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("kind"u8): next = next with { Kind = (TransitionKind)reader.GetInt32() }; break;
                case var _ when name.SequenceEqual("targets"u8): next = next with { Targets = reader.GetStrings() }; break;
                case var _ when name.SequenceEqual("count"u8): next = next with { Count = reader.GetInt32() }; break;
                case var _ when name.SequenceEqual("items"u8): next = next with { Items = ReadArtifact(ref reader, inline) }; break;
                default: reader.Skip(); break;
            }
        }

        return next;
    }

    private static class Known
    {
        /// <summary>The common encodings are one string each, however many records name them.</summary>
        public static string Encoding(ref Utf8JsonReader reader) =>
            reader.ValueSpan.SequenceEqual("json"u8) ? "json"
            : reader.ValueSpan.SequenceEqual("npy"u8) ? "npy"
            : reader.ValueSpan.SequenceEqual("text"u8) ? "text"
            : reader.ValueSpan.SequenceEqual("json+npy"u8) ? "json+npy"
            : reader.ValueSpan.SequenceEqual("bytes"u8) ? "bytes"
            : reader.GetText();

        public static ContentHash Hash(ref Utf8JsonReader reader)
        {
            Span<char> text = stackalloc char[2 * ContentHash.Length];
            return reader.ValueSpan.Length == text.Length
                && System.Text.Encoding.ASCII.GetChars(reader.ValueSpan, text) == text.Length
                && ContentHash.TryParse(text, out var hash)
                ? hash
                : throw new JsonException("A content hash is not 64 hexadecimal digits.");
        }
    }
}
