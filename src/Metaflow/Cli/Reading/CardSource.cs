using System.Globalization;
using Metaflow.Cards;
using Metaflow.Client;
using Metaflow.Graph;

namespace Metaflow.Cli.Reading;

/// <summary>Which of a run's cards are wanted.</summary>
/// <param name="Type">Only of this kind; <see langword="null"/> for all.</param>
/// <param name="Id">Only with this id.</param>
/// <param name="Hash">Only those whose hash begins so.</param>
/// <param name="Attempt">Only of this attempt; <see langword="null"/> for the latest of each task.</param>
internal sealed record CardFilter(string? Type, string? Id, string? Hash, int? Attempt)
{
    public bool Admits(CardReference card) =>
        (Type is null || card.Type == Type) && (Id is null || card.Id == Id)
        && (Hash is null || card.Hash.StartsWith(Hash, StringComparison.OrdinalIgnoreCase))
        && (Attempt is null || card.Attempt == Attempt);
}

/// <summary>The cards of a run, a step or a task, also of one that runs.</summary>
internal sealed class CardSource : IDisposable
{
    private readonly MetaflowClient _client;
    private readonly string _flow;
    private readonly PathSpec _path;
    private readonly string _program;

    private CardSource(MetaflowClient client, string flow, PathSpec path, string program)
    {
        (_client, _flow, _path, _program) = (client, flow, path, program);
    }

    /// <summary>Opens the store of a program.</summary>
    /// <exception cref="MetaflowException">There is none, or no such run.</exception>
    public static CardSource Open(VerbContext context, string? path)
    {
        RunSource.OpenStore(context).Dispose();
        var client = MetaflowClient.Open(context.StoreRoot, context.Host.Environment, context.Host.Time);
        client.Namespace = null;
        return new(client, context.Definition.Name, PathSpec.Parse(path ?? PathSpec.Latest, context.Definition.Name), context.Host.Program.ToString());
    }

    /// <summary>Whether it is the newest run that is meant, whichever that is.</summary>
    public bool IsLatest => _path.RunId.Equals(PathSpec.Latest, StringComparison.OrdinalIgnoreCase);

    /// <summary>The run; looked up anew each time if the newest one is meant.</summary>
    /// <exception cref="MetaflowException">There is no such run.</exception>
    public RunReference Run() => IsLatest
        ? LatestRun() ?? throw new MetaflowException($"{_flow} has no run in {_client.DatastoreRoot} yet. Start one: {_program} run")
        : _client.Run($"{_flow}/{_path.RunId}");

    /// <summary>The newest run; <see langword="null"/> if there is none.</summary>
    public RunReference? LatestRun() => _client.Flow(_flow).LatestRun;

    /// <summary>The cards, those that can still change last.</summary>
    public IEnumerable<CardReference> Cards(RunReference run, CardFilter filter)
    {
        var found = Ended(run, filter.Attempt is not null).Where(filter.Admits);
        var live = run.LiveCards.Where(card => IsWanted(card.TaskPathSpec) && filter.Admits(card));
        return found.Concat(live);
    }

    public void Dispose() => _client.Dispose();

    private IEnumerable<CardReference> Ended(RunReference run, bool allAttempts)
    {
        foreach (var step in run.Steps.Where(step => HasCards(run, step.Name) && (_path.Step is null || step.Name.Equals(_path.Step, StringComparison.OrdinalIgnoreCase))))
        {
            var tasks = _path.TaskId is { } id ? [step.Task(id.ToString(CultureInfo.InvariantCulture))] : step.Tasks();
            foreach (var task in tasks)
            {
                foreach (var card in allAttempts ? task.Attempts.SelectMany(attempt => attempt.Cards) : task.Cards)
                {
                    yield return card;
                }
            }
        }
    }

    // Most steps of most flows have none, and may have had a million tasks.
    private static bool HasCards(RunReference run, string step) =>
        run.Stored.Started.With.Any(with => with.StartsWith("card", StringComparison.OrdinalIgnoreCase))
        || run.Stored.Graph.Find(step)?.Decorators.Any(decorator => decorator.Name == "Card") != false;

    private bool IsWanted(string taskPath)
    {
        var parts = taskPath.Split('/');
        return (_path.Step is null || parts[2].Equals(_path.Step, StringComparison.OrdinalIgnoreCase))
            && (_path.TaskId is not { } id || parts[3] == id.ToString(CultureInfo.InvariantCulture));
    }
}
