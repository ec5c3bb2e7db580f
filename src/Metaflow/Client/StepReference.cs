using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;

namespace Metaflow.Client;

/// <summary>A step of a run and its tasks. The counts and times are those of when this object was made.</summary>
public sealed class StepReference
{
    private const int FirstPage = 100;
    private const int LaterPages = 1_000;

    private readonly StepSummary _summary;

    internal StepReference(RunReference run, StepSummary summary)
    {
        Run = run;
        _summary = summary;
    }

    /// <summary>The step's name.</summary>
    public string Name => _summary.Name;

    /// <summary>Where the step is found: <c>GenreFlow/3/Rank</c>.</summary>
    public string PathSpec => $"{Run.PathSpec}/{Name}";

    /// <summary>The run.</summary>
    public RunReference Run { get; }

    /// <summary>How many tasks have ended.</summary>
    public long TaskCount => _summary.Outcomes.Where(outcome => outcome.Key != (byte)AttemptOutcome.WillRetry).Sum(outcome => outcome.Value);

    /// <summary>How many attempts have ended in each way; ways that did not occur are absent.</summary>
    public IReadOnlyDictionary<TaskOutcome, long> Attempts =>
        _summary.Outcomes.ToDictionary(outcome => (TaskOutcome)outcome.Key, outcome => outcome.Value);

    /// <summary>When its first attempt started, in UTC.</summary>
    public DateTimeOffset Started => UnixTime.FromMicroseconds(_summary.FirstStartedMicros);

    /// <summary>When the last of its attempts ended, in UTC; more may follow while the run goes on.</summary>
    public DateTimeOffset Finished => UnixTime.FromMicroseconds(_summary.LastFinishedMicros);

    /// <summary>The tasks that have ended or are being retried, in the order of their ids, loaded page by page.</summary>
    /// <param name="outcome">Only tasks that ended so. Default: all.</param>
    /// <param name="after">Only tasks behind the one with this id. Default: from the first. A page is thus
    /// <c>step.Tasks(after: last.Id).Take(100)</c>, at the same cost wherever it is.</param>
    /// <exception cref="ArgumentException"><paramref name="after"/> is not an id.</exception>
    public IEnumerable<TaskReference> Tasks(TaskOutcome? outcome = null, string? after = null)
    {
        var query = new TaskQuery
        {
            Step = Name,
            Outcome = outcome is { } wanted ? (byte)wanted : null,
            After = after is null ? null : new TaskPosition(Name, ObjectPath.Number(after, "task"), int.MaxValue),
            Limit = FirstPage,
        };
        return Pages(query);
    }

    /// <summary>The tasks that a filter lets through, in the order of their ids, loaded page by page.</summary>
    /// <param name="filter">Which of them.</param>
    /// <exception cref="ArgumentException"><see cref="TaskFilter.After"/> is not an id.</exception>
    public IEnumerable<TaskReference> Tasks(TaskFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var tasks = Tasks(filter.Outcome, filter.After);
        return tasks.Where(task => task.Fulfils(filter));
    }

    /// <summary>The same as <see cref="Tasks(TaskFilter)"/>, read without holding up the thread that asks.</summary>
    /// <param name="filter">Which of them. Default: all.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="ArgumentException"><see cref="TaskFilter.After"/> is not an id.</exception>
    public IAsyncEnumerable<TaskReference> TasksAsync(TaskFilter? filter = null, CancellationToken cancellationToken = default) =>
        Background.List(filter is null ? Tasks() : Tasks(filter), cancellationToken);

    /// <summary>The names of the steps that may lead to this one, as the graph was when the run began.</summary>
    public IReadOnlyList<string> ParentSteps =>
        [.. Run.Stored.Graph.InOrder.Where(step => step.Targets.Contains(Name)).Select(step => step.Name)];

    /// <summary>The names of the steps that this one may lead to, as the graph was when the run began.</summary>
    public IReadOnlyList<string> ChildSteps => [.. Run.Stored.Graph.Find(Name)?.Targets ?? []];

    /// <summary>A task.</summary>
    /// <param name="id">The task's id: <c>17</c>.</param>
    /// <exception cref="ArgumentException">It is not an id.</exception>
    /// <exception cref="ObjectNotFoundException">The step has no such task that has ended.</exception>
    public TaskReference Task(string id) => Run.FindTask(Name, ObjectPath.Number(id, "task"));

    /// <summary>The only task of a step that is not inside a foreach.</summary>
    /// <exception cref="AmbiguousObjectException">The step has several tasks.</exception>
    public TaskReference SingleTask() => Tasks().Take(2).ToList() is [var task]
        ? task
        : throw new AmbiguousObjectException(
            $"Step {PathSpec} has {Run.Step(Name).TaskCount} tasks. Name one of them, Task(\"{Tasks().First().Id}\"), or go through Tasks().", PathSpec);

    /// <summary>The path of the step and how many tasks it has.</summary>
    public override string ToString() => $"{PathSpec} ({TaskCount} tasks)";

    private IEnumerable<TaskReference> Pages(TaskQuery query)
    {
        while (true)
        {
            var page = Run.Stored.Ask(index => index.Tasks(Run.FlowName, Run.Stored.Number, query));
            foreach (var row in page)
            {
                // Each attempt that failed is listed; a task that was retried with success has ended otherwise.
                var task = new TaskReference(Run, row);
                if (query.Outcome != (byte)AttemptOutcome.WillRetry || task.Attempts[^1].Number == row.Attempt)
                {
                    yield return task;
                }
            }

            if (page.Count < query.Limit)
            {
                yield break;
            }

            query = query with { After = page[^1].Position, Limit = LaterPages };
        }
    }
}
