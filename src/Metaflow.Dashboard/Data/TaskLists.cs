using Metaflow.Client;
using Metaflow.Dashboard.Views;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Dashboard.Data;

/// <summary>What a list of tasks is asked for.</summary>
internal sealed record TaskListQuery
{
    public string? Step { get; init; }
    public byte? Outcome { get; init; }

    /// <summary><c>id</c>, <c>started</c> or <c>duration</c>.</summary>
    public string Sort { get; init; } = "id";
    public bool IsDescending { get; init; }
    public int Offset { get; init; }
    public int Limit { get; init; } = 100;

    /// <summary>A task id, or a part of a foreach item's label.</summary>
    public string? Text { get; init; }
}

/// <summary>Lists of tasks: pages from anywhere in a step of any size.</summary>
internal sealed class TaskLists(DashboardStore store)
{
    /// <summary>Up to here a page is read from the index from the beginning; behind it, and for other orders, from the columns.</summary>
    private const int Near = 2_000;

    /// <summary>A search in labels looks at so many tasks.</summary>
    private const int Looked = 20_000;

    /// <summary>A page of tasks of a run.</summary>
    public TaskPage Page(string flow, string id, TaskListQuery query)
    {
        var (run, row) = store.Run(flow, id);
        var steps = run.Ask(index => index.Steps(run.Flow, run.Number)).Where(step => query.Step is null || step.Name == query.Step).ToList();
        if (!string.IsNullOrWhiteSpace(query.Text))
        {
            return Found(run, steps, query);
        }

        if (query.Outcome is { } outcome && outcome != (byte)AttemptOutcome.Succeeded)
        {
            return Unsuccessful(run, steps, query, outcome);
        }

        var total = steps.Sum(Tasks);
        if (query.Sort == "id" && !query.IsDescending && query.Offset + query.Limit <= Near)
        {
            var rows = run.Client.Index.AsItIs(index => index.Tasks(run.Flow, run.Number, new() { Step = query.Step, Limit = query.Offset + query.Limit }));
            return new() { Items = Items(run, rows.Skip(query.Offset)), Total = total };
        }

        return query.Step is null && query.Sort != "id"
            ? OfAllSteps(run, steps, query, total, IndexStatus.IsFinal(row.Status))
            : InSteps(run, steps, query, total, IndexStatus.IsFinal(row.Status));
    }

    /// <summary>Rows as items, with the labels and errors of their records.</summary>
    public static IReadOnlyList<TaskItem> Items(StoredRun run, IEnumerable<TaskRow> rows)
    {
        var wanted = rows.ToList();
        return wanted.Count == 0 ? [] : run.Read(content => wanted.ConvertAll(row => Item(row, content.Record(new RecordAddress(row.Address)).ToAttempt())));
    }

    public static TaskItem Item(TaskRow row, AttemptRecord record) => new()
    {
        Id = ObjectPath.Text(row.TaskId),
        Step = row.Step,
        Attempt = record.Attempt,
        Outcome = Words.OfOutcome(row.Outcome),
        Started = DashboardStore.Millis(row.StartedMicros),
        Finished = DashboardStore.Millis(row.FinishedMicros),
        Index = row.Index >= 0 ? row.Index : null,
        Label = record.Stack.LastOrDefault(level => level.IsForEach)?.Label,
        Error = record.Error is { } error ? FirstLine(error.Message.Length > 0 ? error.Message : error.Type) : null,
    };

    private static long Tasks(StepSummary step) => step.Attempts - step.Outcomes.GetValueOrDefault((byte)AttemptOutcome.WillRetry);

    private static string FirstLine(string text)
    {
        var line = text.AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end];
        return line.Length <= 300 ? line.ToString() : string.Concat(line[..300], "…");
    }

    private TaskPage InSteps(StoredRun run, List<StepSummary> steps, TaskListQuery query, long total, bool isFinal)
    {
        // From the last step backwards where the order is.
        var ordered = query.IsDescending ? Enumerable.Reverse(steps) : steps;
        var rows = new List<TaskRow>(query.Limit);
        var skip = (long)query.Offset;
        foreach (var step in ordered)
        {
            var count = Tasks(step);
            if (skip >= count || rows.Count == query.Limit)
            {
                skip = Math.Max(0, skip - count);
                continue;
            }

            if (store.Columns.Find(run, step, isFinal) is not { } columns)
            {
                return new() { Items = [], Total = total, IsPending = true };
            }

            var order = query.Sort switch { "started" => columns.ByStart, "duration" => columns.ByDuration, _ => null };
            for (var at = (int)skip; at < columns.Count && rows.Count < query.Limit; at++)
            {
                var place = query.IsDescending ? columns.Count - 1 - at : at;
                rows.Add(columns.Row(step.Name, order?[place] ?? place));
            }

            skip = 0;
        }

        return new() { Items = Items(run, rows), Total = total };
    }

    /// <summary>One order over all steps, if the run is small enough to be sorted as a whole.</summary>
    private TaskPage OfAllSteps(StoredRun run, List<StepSummary> steps, TaskListQuery query, long total, bool isFinal)
    {
        if (steps.Sum(step => step.Attempts) > StepColumnsCache.Small)
        {
            throw new BadRequestException("The run has too many tasks to order them all. Choose a step.");
        }

        var all = steps.SelectMany(step => store.Columns.Find(run, step, isFinal) is { } columns
            ? Enumerable.Range(0, columns.Count).Select(place => columns.Row(step.Name, place))
            : []);
        Func<TaskRow, long> key = query.Sort == "duration" ? row => row.FinishedMicros - row.StartedMicros : row => row.StartedMicros;
        var ordered = query.IsDescending ? all.OrderByDescending(key) : all.OrderBy(key);
        return new() { Items = Items(run, ordered.Skip(query.Offset).Take(query.Limit)), Total = total };
    }

    private static TaskPage Unsuccessful(StoredRun run, List<StepSummary> steps, TaskListQuery query, byte outcome)
    {
        var total = steps.Sum(step => step.Outcomes.GetValueOrDefault(outcome));
        var upTo = Math.Min(query.Offset + query.Limit, StoreIndex.MaximumPage);
        var rows = run.Client.Index.AsItIs(index => index.Tasks(run.Flow, run.Number, new() { Step = query.Step, Outcome = outcome, Limit = upTo }));
        IEnumerable<TaskRow> ordered = query.Sort switch
        {
            "started" => rows.OrderBy(row => row.StartedMicros),
            "duration" => rows.OrderBy(row => row.FinishedMicros - row.StartedMicros),
            _ => rows,
        };
        ordered = query.IsDescending ? ordered.Reverse() : ordered;
        return new() { Items = Items(run, ordered.Skip(query.Offset).Take(query.Limit)), Total = total };
    }

    private static TaskPage Found(StoredRun run, List<StepSummary> steps, TaskListQuery query)
    {
        var text = query.Text!.Trim();
        var found = new List<TaskItem>();
        if (StoreLayout.TryParseRunId(text, out var number)
            && run.Client.Index.AsItIs(index => index.Task(run.Flow, run.Number, number)) is { } exact && steps.Exists(step => step.Name == exact.Step))
        {
            found.AddRange(Items(run, [exact]));
        }

        var next = new TaskQuery { Step = query.Step, Outcome = query.Outcome, Limit = 1_000 };
        for (var looked = 0; looked < Looked && found.Count < query.Offset + query.Limit;)
        {
            var rows = run.Client.Index.AsItIs(index => index.Tasks(run.Flow, run.Number, next));
            found.AddRange(Items(run, rows).Where(item => Matches(item, text) && item.Id != text));
            looked += rows.Count;
            if (rows.Count < next.Limit)
            {
                break;
            }

            next = next with { After = rows[^1].Position };
        }

        return new() { Items = [.. found.Skip(query.Offset).Take(query.Limit)], Total = found.Count };
    }

    private static bool Matches(TaskItem item, string text) =>
        item.Label?.Contains(text, StringComparison.OrdinalIgnoreCase) == true
        || item.Error?.Contains(text, StringComparison.OrdinalIgnoreCase) == true
        || item.Step.Contains(text, StringComparison.OrdinalIgnoreCase);
}
