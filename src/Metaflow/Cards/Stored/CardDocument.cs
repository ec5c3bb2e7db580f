using System.Buffers;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Metaflow.Cards;

/// <summary>What a card's page needs beside its style.</summary>
[Flags]
internal enum CardNeeds
{
    None = 0,

    /// <summary>The library that draws charts.</summary>
    Charts = 1,

    /// <summary>Scripts in HTML of the author's own, in a frame without any rights.</summary>
    AuthorScripts = 2,
}

/// <summary>
/// A card as it is stored: facts and the HTML between <c>&lt;main&gt;</c> and <c>&lt;/main&gt;</c>, in which everything that came
/// from data is escaped. The style, the scripts and the page around it come from the program that shows it. See
/// docs/formats/card.md.
/// </summary>
internal sealed record CardDocument
{
    /// <summary>The most bytes of a document, before compression.</summary>
    public const int MaximumLength = 64 << 20;

    private const int Version = 1;

    public required string Type { get; init; }
    public string? Id { get; init; }
    public string? Title { get; init; }
    public required string Flow { get; init; }
    public required string Run { get; init; }
    public required string Step { get; init; }
    public required long TaskId { get; init; }
    public required int Attempt { get; init; }
    public required CardStatus Status { get; init; }

    /// <summary>Why it is not complete; absent if it is.</summary>
    public string? Problem { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>How often a page should look for a newer one while the task runs, in seconds.</summary>
    public double RefreshSeconds { get; init; } = 5;

    public CardNeeds Needs { get; init; }
    public required string Html { get; init; }

    /// <summary>What tells this state of a card from others: the hash of its content, 64 hexadecimal digits.</summary>
    public string Identity => Storage.ContentHash.Of(Encoding.UTF8.GetBytes($"{Status} {Created.Ticks} {Html}")).ToString();

    /// <summary>The document as gzip-compressed JSON.</summary>
    public byte[] Write()
    {
        var json = new ArrayBufferWriter<byte>(Html.Length + 1024);
        using (var writer = new Utf8JsonWriter(json))
        {
            WriteFields(writer);
        }

        using var bytes = new MemoryStream();
        using (var packed = new GZipStream(bytes, CompressionLevel.Fastest))
        {
            packed.Write(json.WrittenSpan);
        }

        return bytes.ToArray();
    }

    /// <summary>Reads a document.</summary>
    /// <exception cref="InvalidDataException">The bytes are not one, or longer than allowed.</exception>
    /// <exception cref="MetaflowException">It is of another version.</exception>
    public static CardDocument Parse(ReadOnlySequence<byte> content)
    {
        try
        {
            using var packed = new GZipStream(new MemoryStream(content.ToArray(), writable: false), CompressionMode.Decompress);
            var buffer = new byte[16 * 1024];
            using var bytes = new MemoryStream();
            for (int read; (read = packed.Read(buffer)) > 0;)
            {
                bytes.Write(buffer, 0, bytes.Length + read <= MaximumLength
                    ? read
                    : throw new InvalidDataException($"A card's document is longer than {MaximumLength} bytes."));
            }

            using var json = JsonDocument.Parse(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
            return Read(json.RootElement);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"A card's document makes no sense: {fault.Message}", fault);
        }
    }

    private static CardDocument Read(JsonElement json)
    {
        var version = json.GetProperty("version"u8).GetInt32();
        return version != Version
            ? throw new MetaflowException(
                $"A card has format version {version}; this version of Metaflow reads version {Version}. Use the version of Metaflow that wrote it, or a newer one.")
            : new()
            {
                Type = Text(json, "type"u8),
                Id = Optional(json, "id"u8),
                Title = Optional(json, "title"u8),
                Flow = Text(json, "flow"u8),
                Run = Text(json, "run"u8),
                Step = Text(json, "step"u8),
                TaskId = json.GetProperty("task"u8).GetInt64(),
                Attempt = json.GetProperty("attempt"u8).GetInt32(),
                Status = StatusOf(Text(json, "status"u8)),
                Problem = Optional(json, "problem"u8),
                Created = DateTimeOffset.UnixEpoch.AddMicroseconds(json.GetProperty("created"u8).GetInt64()),
                RefreshSeconds = json.TryGetProperty("refresh"u8, out var refresh) ? refresh.GetDouble() : 5,
                Needs = json.TryGetProperty("needs"u8, out var needs) ? NeedsOf(needs) : CardNeeds.None,
                Html = Text(json, "html"u8),
            };
    }

    private static string Text(JsonElement json, ReadOnlySpan<byte> name) =>
        json.GetProperty(name).GetString() ?? throw new FormatException($"'{Encoding.UTF8.GetString(name)}' is null.");

    private static string? Optional(JsonElement json, ReadOnlySpan<byte> name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static CardStatus StatusOf(string word) => word switch
    {
        "complete" => CardStatus.Complete,
        "incomplete" => CardStatus.Incomplete,
        "broken" => CardStatus.Broken,
        "live" => CardStatus.Live,
        _ => throw new FormatException($"'{word}' is no status of a card."),
    };

    private static CardNeeds NeedsOf(JsonElement needs)
    {
        var all = CardNeeds.None;
        foreach (var need in needs.EnumerateArray())
        {
            // What this version does not know it cannot bring; the card is shown without.
            all |= need.GetString() switch
            {
                "charts" => CardNeeds.Charts,
                "author-scripts" => CardNeeds.AuthorScripts,
                _ => CardNeeds.None,
            };
        }

        return all;
    }

    private void WriteFields(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("version"u8, Version);
        json.WriteString("type"u8, Type);
        WriteOptional(json, "id"u8, Id);
        WriteOptional(json, "title"u8, Title);
        json.WriteString("flow"u8, Flow);
        json.WriteString("run"u8, Run);
        json.WriteString("step"u8, Step);
        json.WriteNumber("task"u8, TaskId);
        json.WriteNumber("attempt"u8, Attempt);
        json.WriteString("status"u8, Status switch
        {
            CardStatus.Complete => "complete"u8,
            CardStatus.Incomplete => "incomplete"u8,
            CardStatus.Broken => "broken"u8,
            _ => "live"u8,
        });
        WriteOptional(json, "problem"u8, Problem);
        json.WriteNumber("created"u8, (long)(Created - DateTimeOffset.UnixEpoch).TotalMicroseconds);
        json.WriteNumber("refresh"u8, RefreshSeconds);
        json.WriteStartArray("needs"u8);
        if (Needs.HasFlag(CardNeeds.Charts))
        {
            json.WriteStringValue("charts"u8);
        }

        if (Needs.HasFlag(CardNeeds.AuthorScripts))
        {
            json.WriteStringValue("author-scripts"u8);
        }

        json.WriteEndArray();
        json.WriteString("html"u8, Html);
        json.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
