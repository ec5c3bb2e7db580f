using Metaflow.Cards;
using Metaflow.Client;
using Metaflow.Dashboard.Views;

namespace Metaflow.Dashboard.Data;

/// <summary>The cards of attempts, stored or of a task that runs.</summary>
internal sealed class CardPages(DashboardStore store)
{
    /// <summary>The cards of so many tasks of a step are listed on the page of a run.</summary>
    private const int TasksOfAStep = 24;

    /// <summary>The cards of an attempt.</summary>
    public CardList List(string flow, string id, string step, string task, int attempt) => new()
    {
        Items = [.. Cards(flow, id, step, task, attempt).Select(Item)],
    };

    /// <summary>The cards of a run: of each step that has any those of its first tasks, and those that can still change.</summary>
    public RunCardList OfRun(string flow, string id)
    {
        var (run, _) = store.Run(flow, id);
        var items = new List<RunCardItem>();
        var cut = new List<string>();
        foreach (var step in run.Ask(index => index.Steps(run.Flow, run.Number)).Where(step => HasCards(run, step.Name)))
        {
            var rows = run.Client.Index.AsItIs(index => index.Tasks(run.Flow, run.Number, new() { Step = step.Name, Limit = TasksOfAStep + 1 }));
            if (rows.Count > TasksOfAStep)
            {
                cut.Add(step.Name);
            }

            foreach (var task in TaskLists.Items(run, rows.Take(TasksOfAStep)).Zip(rows))
            {
                var cards = CardReference.OfAttempt(run, $"{run.PathSpec}/{step.Name}/{task.First.Id}", task.Second.TaskId, task.Second.Attempt, new(task.Second.Address));
                items.AddRange(cards.Select(card => new RunCardItem
                {
                    Step = step.Name, TaskId = task.First.Id, Attempt = task.First.Attempt, Label = task.First.Label, Card = Item(card),
                }));
            }
        }

        foreach (var card in CardReference.OfOpenTasks(run, run.Executor is not null).Take(TasksOfAStep))
        {
            var path = card.TaskPathSpec.Split('/');
            items.Add(new() { Step = path[2], TaskId = path[3], Attempt = card.Attempt, Card = Item(card) });
        }

        return new() { Items = items, CutSteps = cut };
    }

    /// <summary>A card as a page.</summary>
    /// <exception cref="ObjectNotFoundException">There is none with this content, perhaps no longer.</exception>
    public string Html(string flow, string id, string step, string task, int attempt, string hash, CardColors colors) =>
        Cards(flow, id, step, task, attempt).FirstOrDefault(card => card.Hash == hash)?.ToHtml(colors)
        ?? throw new ObjectNotFoundException($"Attempt {attempt} of task {flow}/{id}/{step}/{task} has no card with this content.", $"{flow}/{id}/{step}/{task}");

    private static CardItem Item(CardReference card) => new()
    {
        Type = card.Type,
        Id = card.Id,
        Title = card.Title,
        Hash = card.Hash,
        Status = card.Status.ToString().ToLowerInvariant(),
        Problem = card.Problem,
        RefreshSeconds = card.Status == CardStatus.Live ? card.RefreshInterval.TotalSeconds : null,
    };

    // Most steps have none, and may have had a million tasks.
    private static bool HasCards(StoredRun run, string step) =>
        run.Started.With.Any(with => with.StartsWith("card", StringComparison.OrdinalIgnoreCase))
        || run.Graph.Find(step)?.Decorators.Any(decorator => decorator.Name == "Card") == true;

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
