using Metaflow.Cards;
using Metaflow.Client;
using Metaflow.Dashboard.Views;

namespace Metaflow.Dashboard.Data;

/// <summary>The cards of attempts, stored or of a task that runs.</summary>
internal sealed class CardPages(DashboardStore store)
{
    /// <summary>The cards of an attempt.</summary>
    public CardList List(string flow, string id, string step, string task, int attempt) => new()
    {
        Items = [.. Cards(flow, id, step, task, attempt).Select(card => new CardItem
        {
            Type = card.Type,
            Id = card.Id,
            Title = card.Title,
            Hash = card.Hash,
            Status = card.Status.ToString().ToLowerInvariant(),
            Problem = card.Problem,
            RefreshSeconds = card.Status == CardStatus.Live ? card.RefreshInterval.TotalSeconds : null,
        })],
    };

    /// <summary>A card as a page.</summary>
    /// <exception cref="ObjectNotFoundException">There is none with this content, perhaps no longer.</exception>
    public string Html(string flow, string id, string step, string task, int attempt, string hash, CardColors colors) =>
        Cards(flow, id, step, task, attempt).FirstOrDefault(card => card.Hash == hash)?.ToHtml(colors)
        ?? throw new ObjectNotFoundException($"Attempt {attempt} of task {flow}/{id}/{step}/{task} has no card with this content.", $"{flow}/{id}/{step}/{task}");

    private IReadOnlyList<CardReference> Cards(string flow, string id, string step, string task, int attempt)
    {
        var (run, _) = store.Run(flow, id);
        var number = ObjectPath.Number(task, "task");
        var ended = run.Ask(index => index.Attempts(run.Flow, run.Number, number)).Where(row => row.Step == step && row.Attempt == attempt).ToList();
        var path = $"{run.PathSpec}/{step}/{task}";
        return ended is [var row, ..]
            ? CardReference.OfAttempt(run, path, number, attempt, new(row.Address))
            : CardReference.OfFiles(run, path, number, attempt, RunningTasks.Find(run, step, number, attempt) is not null);
    }
}
