using System.Globalization;
using System.Text;
using Metaflow.Artifacts.Display;
using Metaflow.Client;
using Metaflow.Dashboard.Views;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;

namespace Metaflow.Dashboard.Data;

/// <summary>What a list of runs is asked for.</summary>
internal sealed record RunListQuery
{
    public string? Flow { get; init; }
    public IReadOnlyList<string> Statuses { get; init; } = [];
    public string? User { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public DateTimeOffset? From { get; init; }
    public DateTimeOffset? Before { get; init; }

    /// <summary>Words that must each be found in the path, user, tags or parameters.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Parameters that must have a value, or contain it.</summary>
    public IReadOnlyList<(string Name, string Value)> Parameters { get; init; } = [];

    /// <summary><c>started</c>, <c>duration</c>, <c>flow</c>, <c>user</c> or <c>status</c>.</summary>
    public string Sort { get; init; } = "started";
    public bool IsAscending { get; init; }
    public string? After { get; init; }
    public int Limit { get; init; } = 50;
    public bool WithParameters { get; init; }

    /// <summary>Whether the order is that of the index, so that pages can be read one by one.</summary>
    public bool IsIndexOrder => Sort == "started" && !IsAscending;
}

/// <summary>Lists of runs, filtered and in order.</summary>
internal sealed class RunLists(DashboardStore store)
{
    /// <summary>A search looks at so many runs before it gives what it has.</summary>
    private const int Looked = 5_000;

    /// <summary>Orders other than by start are made of at most so many runs.</summary>
    private const int Sorted = 10_000;

    private const int ShownParameter = 60;

    /// <summary>A page of runs.</summary>
    public RunPage Page(RunListQuery query) => query.IsIndexOrder ? InIndexOrder(query) : InOtherOrder(query);

    /// <summary>The flows with their latest runs.</summary>
    public IReadOnlyList<FlowItem> Flows(int latest)
    {
        var seen = store.Client.Namespace;
        var found = store.Ask(index => index.Flows(seen).Select(name => (Name: name, Runs: index.Runs(new()
        {
            Flow = name, Limit = latest, Tags = seen is null ? [] : [seen],
        }))).ToList());
        return [.. found.Select(flow => new FlowItem { Name = flow.Name, Latest = [.. flow.Runs.Select(row => Item(row, withParameters: false))] })];
    }

    /// <summary>What filters can be set to: the flows, and the users and tags of the latest runs.</summary>
    public FilterChoices Choices()
    {
        var rows = store.Ask(index => index.Runs(new() { Limit = 1_000, Tags = Namespace }));
        return new()
        {
            Flows = store.Ask(index => index.Flows(store.Client.Namespace)),
            Users = [.. rows.Select(row => row.User).Where(user => user.Length > 0).Distinct().Order(StringComparer.Ordinal)],
            Tags = [.. rows.SelectMany(row => row.Tags.Concat(ProjectBranch.Of(row.SystemTags)?.Tags ?? [])).Distinct().Order(StringComparer.Ordinal).Take(500)],
        };
    }

    /// <summary>A run for a list.</summary>
    public RunItem Item(RunRow row, bool withParameters)
    {
        var steps = store.Client.Index.AsItIs(index => index.Steps(row.Flow, row.RunId));
        var branch = ProjectBranch.Of(row.SystemTags);
        return new()
        {
            Flow = row.Flow,
            Id = ObjectPath.Text(row.RunId),
            Status = store.Status(row),
            User = row.User,
            Started = DashboardStore.Millis(row.Started.ToUnixMicroseconds()),
            Finished = row.Finished is { } finished ? DashboardStore.Millis(finished.ToUnixMicroseconds()) : null,
            Tags = row.Tags,
            SystemTags = row.SystemTags,
            Project = branch?.Project,
            Branch = branch?.Branch,
            OriginRunId = row.OriginRunId,
            Tasks = steps.Sum(step => step.Attempts - step.Outcomes.GetValueOrDefault((byte)AttemptOutcome.WillRetry)),
            FailedTasks = steps.Sum(step => step.Outcomes.GetValueOrDefault((byte)AttemptOutcome.Failed)),
            Parameters = withParameters ? Parameters(row) : null,
        };
    }

    private IReadOnlyList<string> Namespace => store.Client.Namespace is { } seen ? [seen] : [];

    private RunPage InIndexOrder(RunListQuery query)
    {
        var items = new List<RunItem>();
        var index = IndexQuery(query) with { After = ReadPosition(query.After), Limit = NeedsLook(query) ? 500 : query.Limit };
        for (var looked = 0; looked < Looked;)
        {
            var rows = store.Ask(found => found.Runs(index));
            foreach (var row in rows)
            {
                looked++;
                if (Matches(query, row))
                {
                    items.Add(Item(row, query.WithParameters));
                    if (items.Count == query.Limit)
                    {
                        return new() { Items = items, Next = WritePosition(row.Position) };
                    }
                }
            }

            if (rows.Count < index.Limit)
            {
                return new() { Items = items };
            }

            index = index with { After = rows[^1].Position };
        }

        return new() { Items = items, Next = index.After is { } last ? WritePosition(last) : null, IsPartial = true };
    }

    private RunPage InOtherOrder(RunListQuery query)
    {
        var rows = store.Ask(index => index.Runs(IndexQuery(query) with { Limit = Sorted }));
        var matching = rows.Where(row => Matches(query, row));
        var now = store.Now;
        var ordered = query.Sort switch
        {
            "duration" => Order(matching, row => (row.Finished is { } end ? DashboardStore.Millis(end.ToUnixMicroseconds()) : now) - DashboardStore.Millis(row.Started.ToUnixMicroseconds())),
            "flow" => Order(matching, row => row.Flow, StringComparer.OrdinalIgnoreCase),
            "user" => Order(matching, row => row.User, StringComparer.OrdinalIgnoreCase),
            "status" => Order(matching, row => row.Status, StringComparer.Ordinal),
            _ => Order(matching, row => row.Started),
        };
        var offset = int.TryParse(query.After, NumberStyles.None, CultureInfo.InvariantCulture, out var after) ? after : 0;
        var page = ordered.Skip(offset).Take(query.Limit + 1).ToList();
        return new()
        {
            Items = [.. page.Take(query.Limit).Select(row => Item(row, query.WithParameters))],
            Next = page.Count > query.Limit ? (offset + query.Limit).ToString(CultureInfo.InvariantCulture) : null,
            IsPartial = rows.Count == Sorted,
        };

        IEnumerable<RunRow> Order<TKey>(IEnumerable<RunRow> source, Func<RunRow, TKey> key, IComparer<TKey>? comparer = null) =>
            query.IsAscending ? source.OrderBy(key, comparer) : source.OrderByDescending(key, comparer);
    }

    private RunQuery IndexQuery(RunListQuery query) => new()
    {
        Flow = query.Flow,
        Status = query.Statuses is [var status] ? status : null,
        Tags = [.. query.Tags, .. Namespace],
        User = query.User,
        StartedFrom = query.From,
        StartedBefore = query.Before,
    };

    private static bool NeedsLook(RunListQuery query) =>
        query.Words.Count > 0 || query.Parameters.Count > 0 || query.Statuses.Count > 1;

    private bool Matches(RunListQuery query, RunRow row)
    {
        if (query.Statuses.Count > 1 && !query.Statuses.Contains(store.Status(row)))
        {
            return false;
        }

        return query.Parameters.All(wanted => Parameters(row).Any(known =>
                known.Key.Equals(wanted.Name, StringComparison.OrdinalIgnoreCase) && Contains(known.Value, wanted.Value)))
            && query.Words.All(word => Contains($"{row.Flow}/{row.RunId}", word) || Contains(row.User, word)
                || row.Tags.Any(tag => Contains(tag, word))
                || ProjectBranch.Of(row.SystemTags) is { } branch && branch.Tags.Any(tag => Contains(tag, word))
                || Parameters(row).Any(known => Contains($"{known.Key}={known.Value}", word)));
    }

    private static bool Contains(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>The parameters as short texts; none if the run's first record cannot be read.</summary>
    private IReadOnlyDictionary<string, string> Parameters(RunRow row) => store.ParametersOf(row.Flow, row.RunId, run =>
    {
        var names = run.Started.ParameterNames.ToHashSet(StringComparer.Ordinal);
        return run.Constants.Where(value => names.Contains(value.Name)).ToDictionary(
            value => value.Name,
            value => value.Size > 4096 ? $"<{value.Encoding}>" : run.Use(value, content => ArtifactSummary.Of(value.Encoding, content, ShownParameter).Text));
    });

    private static string WritePosition(RunPosition position) => Convert.ToBase64String(
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{position.StartedMicros}/{position.Flow}/{position.RunId}")));

    private static RunPosition? ReadPosition(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split('/') is [var started, var flow, var run]
            && long.TryParse(started, NumberStyles.None, CultureInfo.InvariantCulture, out var micros)
            && long.TryParse(run, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new RunPosition(micros, flow, number)
            : throw new BadRequestException($"'{text}' is not a place in a list. Take it from 'next' of the page before.");
    }
}
