using System.Text.Json;
using Metaflow.Cards;
using Metaflow.Client;

namespace Metaflow.Cli.Output;

/// <summary>Cards for programs.</summary>
internal static class CardJson
{
    /// <summary>Writes a list.</summary>
    public static void Write(TextWriter writer, IReadOnlyList<CardReference> cards) => JsonText.Write(writer, indented: true, json =>
    {
        json.WriteStartArray();
        foreach (var card in cards)
        {
            json.WriteStartObject();
            WriteFields(json, card);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>Writes the facts of a card into an object.</summary>
    public static void WriteFields(Utf8JsonWriter json, CardReference card)
    {
        json.WriteString("task"u8, card.TaskPathSpec);
        json.WriteNumber("attempt"u8, card.Attempt);
        json.WriteString("type"u8, card.Type);
        json.WriteString("id"u8, card.Id);
        json.WriteString("status"u8, Word(card.Status));
        json.WriteString("hash"u8, card.Hash);
    }

    /// <summary>A status as a word.</summary>
    public static string Word(CardStatus status) => status switch
    {
        CardStatus.Complete => "complete",
        CardStatus.Incomplete => "incomplete",
        CardStatus.Broken => "broken",
        _ => "live",
    };
}
