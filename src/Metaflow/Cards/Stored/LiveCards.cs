using System.Globalization;
using Metaflow.Storage;

namespace Metaflow.Cards;

/// <summary>A file with the state of a card whose task runs, or ran when its process died.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="TaskId">The task.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Place">Which of the step's cards it is, from 0.</param>
/// <param name="IsDone">Whether the attempt has ended and handed its cards over: what its record says replaces the file.</param>
internal readonly record struct LiveCard(string Name, long TaskId, int Attempt, int Place, bool IsDone)
{
    private const string Prefix = "card-";
    private const string Running = ".live";
    private const string Done = ".done";

    /// <summary>The name of a card's file.</summary>
    public static string NameOf(long taskId, int attempt, int place, bool isDone) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{taskId}-{attempt}-{place}{(isDone ? Done : Running)}");

    /// <summary>Reads a file's name.</summary>
    public static bool TryParse(string name, out LiveCard card)
    {
        card = default;
        var isDone = name.EndsWith(Done, StringComparison.Ordinal);
        if (!name.StartsWith(Prefix, StringComparison.Ordinal) || (!isDone && !name.EndsWith(Running, StringComparison.Ordinal)))
        {
            return false;
        }

        var parts = name[Prefix.Length..^Running.Length].Split('-');
        if (parts.Length == 3
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var task)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var place))
        {
            card = new(name, task, attempt, place, isDone);
            return true;
        }

        return false;
    }
}

/// <summary>
/// The cards of tasks that run, one small file each in the run's folder, replaced in one piece. They are not synced: a crash
/// of the machine may lose them, a crash of the task does not.
/// </summary>
internal static class LiveCards
{
    /// <summary>The files that are there, by task, attempt and place.</summary>
    public static IReadOnlyList<LiveCard> List(RunFolder folder) =>
    [
        .. folder.LooseFiles().Select(name => LiveCard.TryParse(name, out var card) ? card : default).Where(card => card.Name is not null)
            .OrderBy(card => card.TaskId).ThenBy(card => card.Attempt).ThenBy(card => card.Place),
    ];

    /// <summary>Reads one; <see langword="null"/> if it is gone.</summary>
    /// <exception cref="CorruptDataException">It holds something else.</exception>
    public static CardDocument? TryRead(RunFolder folder, LiveCard card)
    {
        if (folder.ReadLooseFile(card.Name) is not { } bytes)
        {
            return null;
        }

        try
        {
            return CardDocument.Parse(new(bytes));
        }
        catch (InvalidDataException fault)
        {
            throw CorruptDataException.Create(Path.Join(folder.Path, card.Name), 0, fault.Message.TrimEnd('.'));
        }
    }

    /// <summary>Writes the state of a card.</summary>
    public static void Write(RunFolder folder, long taskId, int attempt, int place, CardDocument document) =>
        folder.WriteLooseFile(LiveCard.NameOf(taskId, attempt, place, isDone: false), document.Write());

    /// <summary>Says that the attempt's record will hold the card. Nothing happens if it had no file.</summary>
    public static void MarkDone(RunFolder folder, long taskId, int attempt, int place) => folder.RenameLooseFile(
        LiveCard.NameOf(taskId, attempt, place, isDone: false), LiveCard.NameOf(taskId, attempt, place, isDone: true));

    /// <summary>Deletes the files of attempts whose records hold their cards. Call it when those are durable.</summary>
    public static void DeleteDone(RunFolder folder)
    {
        foreach (var card in List(folder).Where(card => card.IsDone))
        {
            folder.DeleteLooseFile(card.Name);
        }
    }
}
