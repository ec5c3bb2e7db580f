using System.Buffers;
using System.Text.Json;
using Metaflow.Cards;
using Metaflow.Cli.Output;
using Metaflow.Cli.Reading;
using Metaflow.Client;

namespace Metaflow.Cli.Serving;

/// <summary>What the card server shows: a state of the cards, looked up at most once in an interval.</summary>
internal sealed class CardServerModel(CardSource source, CardFilter filter, int maximumCards, CardColors colors, int pollSeconds)
{
    private readonly Lock _gate = new();
    private List<CardReference> _cards = [];

    /// <summary>The state as JSON: the run, and its cards in order.</summary>
    public byte[] State()
    {
        lock (_gate)
        {
            var run = source.IsLatest ? source.LatestRun() : source.Run();
            _cards = run is null ? [] : [.. source.Cards(run, filter).Take(maximumCards)];
            var output = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(output))
            {
                json.WriteStartObject();
                json.WriteString("run"u8, run?.PathSpec);
                json.WriteString("status"u8, run?.Status.ToString());
                json.WriteNumber("poll"u8, pollSeconds);
                json.WriteString("theme"u8, colors switch { CardColors.Light => "light", CardColors.Dark => "dark", _ => "auto" });
                json.WriteStartArray("cards"u8);
                foreach (var card in _cards)
                {
                    json.WriteStartObject();
                    CardJson.WriteFields(json, card);
                    json.WriteString("key"u8, Key(card));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            return output.WrittenSpan.ToArray();
        }
    }

    /// <summary>The page of a card in the last state; <see langword="null"/> if it has changed or gone since.</summary>
    public string? Page(string hash)
    {
        CardReference? card;
        lock (_gate)
        {
            card = _cards.Find(card => card.Hash == hash);
        }

        return card?.ToHtml(colors);
    }

    // A card keeps its place on the page while its content changes.
    private static string Key(CardReference card) => $"{card.TaskPathSpec} {card.Type} {card.Id}";
}
