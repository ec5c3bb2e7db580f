using Metaflow.Cards;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>
/// A card of a task. <see cref="ToHtml"/> gives a complete page: everything in it that came from data is escaped or locked
/// up, so it can be shown to anybody. In a page of your own, put it into a frame: <c>&lt;iframe
/// sandbox="allow-scripts allow-popups"&gt;</c>; the frame's content tells its height with the message
/// <c>{ metaflowCard: { height } }</c>, again when it is asked with <c>{ metaflowAsk: true }</c>,
/// and takes <c>{ metaflowTheme: "dark" | "light" | "auto" }</c>.
/// </summary>
public sealed class CardReference
{
    private readonly Lazy<CardDocument> _document;

    private CardReference(string taskPath, int attempt, string type, string? id, CardStatus status, string hash, Lazy<CardDocument> document)
    {
        TaskPathSpec = taskPath;
        Attempt = attempt;
        Type = type;
        Id = id;
        Status = status;
        Hash = hash;
        _document = document;
    }

    /// <summary>Where the task is found: <c>GenreFlow/3/Rank/17</c>.</summary>
    public string TaskPathSpec { get; }

    /// <summary>The attempt that the card is of: 0 for the first one.</summary>
    public int Attempt { get; }

    /// <summary>The kind of card: <c>default</c>.</summary>
    public string Type { get; }

    /// <summary>The card's id; <see langword="null"/> if it has none.</summary>
    public string? Id { get; }

    /// <summary>Whether the card is complete, cut off, broken, or of a task that runs.</summary>
    public CardStatus Status { get; }

    /// <summary>The identity of the card's content, 64 hexadecimal digits. A card that changes gets another one.</summary>
    public string Hash { get; }

    /// <summary>The card's title; <see langword="null"/> if it was given none.</summary>
    /// <exception cref="CorruptDataException">The card is damaged.</exception>
    public string? Title => _document.Value.Title;

    /// <summary>Why the card is not complete; <see langword="null"/> if it is.</summary>
    /// <exception cref="CorruptDataException">The card is damaged.</exception>
    public string? Problem => _document.Value.Problem;

    /// <summary>When the card was rendered, in UTC.</summary>
    /// <exception cref="CorruptDataException">The card is damaged.</exception>
    public DateTimeOffset Created => _document.Value.Created;

    /// <summary>The least time between two changes of the card while its task runs.</summary>
    /// <exception cref="CorruptDataException">The card is damaged.</exception>
    public TimeSpan RefreshInterval => TimeSpan.FromSeconds(_document.Value.RefreshSeconds);

    /// <summary>The card as one self-contained page, which loads nothing from anywhere.</summary>
    /// <param name="colors">Its colours.</param>
    /// <exception cref="CorruptDataException">The card is damaged.</exception>
    public string ToHtml(CardColors colors = CardColors.Automatic) => CardPage.Of(_document.Value, colors);

    /// <summary>Writes the card as one self-contained file.</summary>
    /// <param name="path">The file; what was there is replaced.</param>
    /// <param name="colors">Its colours.</param>
    /// <exception cref="CorruptDataException">The card is damaged.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path, CardColors colors = CardColors.Automatic) => File.WriteAllText(path, ToHtml(colors));

    /// <summary>The task, the kind and the id.</summary>
    public override string ToString() => $"{TaskPathSpec} {Type}{(Id is null ? "" : $" '{Id}'")} ({Status})";

    internal CardDocument Document => _document.Value;

    /// <summary>The cards of an attempt that has ended: those in its record, or what it showed before its process died.</summary>
    internal static IReadOnlyList<CardReference> OfAttempt(StoredRun run, string taskPath, long taskId, int attempt, RecordAddress address)
    {
        var cards = run.Read(content => content.Artifacts(address).Data.Cards);
        return cards.Count == 0 ? OfFiles(run, taskPath, taskId, attempt, isRunning: false)
            : [.. cards.Select(card => new CardReference(taskPath, attempt, card.Type, card.Id, card.Status, card.Content.Hash.ToString(), new(() => Open(run, card))))];
    }

    /// <summary>What the cards of a task show while it runs.</summary>
    internal static IReadOnlyList<CardReference> OfFiles(StoredRun run, string taskPath, long taskId, int attempt, bool isRunning) =>
        OfFiles(run, taskPath, LiveCards.List(run.Folder).Where(file => file.TaskId == taskId && file.Attempt == attempt), isRunning);

    /// <summary>The cards of all attempts that have not ended.</summary>
    internal static IReadOnlyList<CardReference> OfOpenTasks(StoredRun run, bool isRunning) =>
    [
        .. LiveCards.List(run.Folder).GroupBy(file => file.TaskId).SelectMany(task =>
        {
            var ended = run.Ask(index => index.Task(run.Flow, run.Number, task.Key))?.Attempt ?? -1;
            return OfFiles(run, null, task.Where(file => file.Attempt > ended), isRunning);
        }),
    ];

    private static List<CardReference> OfFiles(StoredRun run, string? taskPath, IEnumerable<LiveCard> files, bool isRunning)
    {
        var cards = new List<CardReference>();
        foreach (var file in files)
        {
            // It may have been replaced by the record since the folder was listed.
            if (LiveCards.TryRead(run.Folder, file) is { } read)
            {
                var document = isRunning ? read : read with
                {
                    Status = CardStatus.Incomplete,
                    Problem = "The task's process ended before the card was complete; this is what it showed last.",
                };
                cards.Add(new(
                    taskPath ?? $"{run.PathSpec}/{document.Step}/{ObjectPath.Text(file.TaskId)}", file.Attempt, document.Type, document.Id, document.Status,
                    document.Identity, new(document)));
            }
        }

        return cards;
    }

    private static CardDocument Open(StoredRun run, StoredCard card) => run.Use(card.Content, content =>
    {
        try
        {
            return CardDocument.Parse(content);
        }
        catch (InvalidDataException fault)
        {
            throw CorruptDataException.Create($"{run.PathSpec}, card {card.Content.Hash}", 0, fault.Message.TrimEnd('.'));
        }
    });
}
