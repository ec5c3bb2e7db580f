using Metaflow.Metadata.Records;
using Metaflow.Metadata.Sqlite;
using Metaflow.Storage;

namespace Metaflow.Metadata.Index;

/// <summary>Answers questions about runs.</summary>
internal sealed class RunReader(IndexSession session)
{
    /// <summary>
    /// A tag of fewer runs than this is followed to its runs, which are then sorted; a more common one is checked while
    /// going through the runs in order. Either way a page costs little.
    /// </summary>
    private const int RareTag = 1_000;

    private const string Columns =
        """
        SELECT r.run, (SELECT f.name FROM flows f WHERE f.flow = r.flow), r.number, r.status, r.user, r.started, r.finished,
          r.origin
        """;

    /// <summary>The places up to which a run is indexed.</summary>
    internal const string WatermarkText = "SELECT segment, offset FROM watermarks WHERE run = ?1 ORDER BY segment";

    /// <summary>Reads the rows of <see cref="WatermarkText"/>.</summary>
    internal static Watermark ReadWatermark(SqliteStatement select)
    {
        var places = new List<RecordAddress>();
        while (select.Step())
        {
            places.Add(new((int)select.GetInt64(0), select.GetInt64(1)));
        }

        return Watermark.Of(places);
    }

    /// <summary>The flows that have a run, or a run with a tag, by name.</summary>
    public List<string> Flows(string? tag)
    {
        var select = tag is null
            ? session.Prepare("SELECT name FROM flows ORDER BY name")
            : session.Prepare(
                """
                SELECT f.name FROM flows f WHERE EXISTS (
                  SELECT 1 FROM run_tags t WHERE t.tag = (SELECT tag FROM tags WHERE name = ?1) AND t.flow = f.flow)
                ORDER BY f.name
                """).Bind(1, tag);
        using var _ = select.Use();
        var flows = new List<string>();
        while (select.Step())
        {
            flows.Add(select.GetString(0));
        }

        return flows;
    }

    public RunRow? Find(string flow, long runId) =>
        Single(session.Prepare(
            $"{Columns} FROM runs r WHERE r.flow = (SELECT flow FROM flows WHERE name = ?1) AND r.number = ?2")
            .Bind(1, flow).Bind(2, runId));

    /// <summary>A page of runs: those of one flow by number, those of all by start, newest first.</summary>
    public List<RunRow> Page(RunQuery query)
    {
        var filter = new SqlFilter();
        long? flowKey = null;
        if (query.Flow is { } flow)
        {
            flowKey = Key("SELECT flow FROM flows WHERE name = ?1", flow);
            if (flowKey is null)
            {
                return [];
            }

            filter.Add("r.flow = ?", flowKey.Value);
        }

        if (!TryAddTags(filter, query.Tags, flowKey, out var source))
        {
            return [];
        }

        AddConditions(filter, query);
        AddPosition(filter, query, flowKey);
        var order = flowKey is null ? "r.started DESC, r.run DESC" : "r.number DESC";
        var where = filter.Where;
        var limit = filter.Value((long)query.Limit);
        var text = $"{Columns} FROM {source}{where} ORDER BY {order} LIMIT {limit}";
        return Rows(filter.Bind(session.Prepare(text)));
    }

    private static void AddConditions(SqlFilter filter, RunQuery query)
    {
        if (query.Status is { } status)
        {
            filter.Add("r.status = ?", status);
        }

        if (query.User is { } user)
        {
            filter.Add("r.user = ?", user);
        }

        if (query.StartedFrom is { } from)
        {
            filter.Add("r.started >= ?", from.ToUnixMicroseconds());
        }

        if (query.StartedBefore is { } before)
        {
            filter.Add("r.started < ?", before.ToUnixMicroseconds());
        }
    }

    private void AddPosition(SqlFilter filter, RunQuery query, long? flowKey)
    {
        if (query.After is not { } after)
        {
            return;
        }

        if (flowKey is not null)
        {
            filter.Add("r.number < ?", after.RunId);
        }
        else if (RunKey(after.Flow, after.RunId) is { } key)
        {
            filter.Add("(r.started, r.run) < (?, ?)", after.StartedMicros, key);
        }
        else
        {
            filter.Add("r.started < ?", after.StartedMicros);
        }
    }

    private bool TryAddTags(SqlFilter filter, IReadOnlyList<string> tags, long? flowKey, out string source)
    {
        source = "runs r";
        var keys = new List<(long Tag, long Count)>(tags.Count);
        foreach (var tag in tags)
        {
            if (Key("SELECT tag FROM tags WHERE name = ?1", tag) is not { } key)
            {
                return false;
            }

            keys.Add((key, CountRuns(key, flowKey)));
        }

        keys.Sort((one, other) => one.Count.CompareTo(other.Count));
        if (keys.Count > 0 && keys[0].Count < RareTag)
        {
            var (tag, _) = keys[0];
            keys.RemoveAt(0);
            source = flowKey is null
                ? $"(SELECT DISTINCT run FROM run_tags WHERE tag = {filter.Value(tag)}) t CROSS JOIN runs r ON r.run = t.run"
                : $"(SELECT DISTINCT run FROM run_tags WHERE tag = {filter.Value(tag)} AND flow = {filter.Value(flowKey.Value)}) t "
                    + "CROSS JOIN runs r ON r.run = t.run";
        }

        foreach (var (tag, _) in keys)
        {
            filter.Add("EXISTS (SELECT 1 FROM run_tags x WHERE x.tag = ? AND x.flow = r.flow AND x.run = r.run)", tag);
        }

        return true;
    }

    /// <summary>How many runs have a tag, counted only as far as it matters.</summary>
    private long CountRuns(long tag, long? flowKey)
    {
        var select = flowKey is { } flow
            ? session.Prepare("SELECT count(*) FROM (SELECT 1 FROM run_tags WHERE tag = ?1 AND flow = ?2 LIMIT ?3)")
                .Bind(1, tag).Bind(2, flow).Bind(3, RareTag)
            : session.Prepare("SELECT count(*) FROM (SELECT 1 FROM run_tags WHERE tag = ?1 LIMIT ?2)")
                .Bind(1, tag).Bind(2, RareTag);
        using var _ = select.Use();
        return select.Step() ? select.GetInt64(0) : 0;
    }

    private long? RunKey(string flow, long runId)
    {
        var select = session.Prepare(
            "SELECT run FROM runs WHERE flow = (SELECT flow FROM flows WHERE name = ?1) AND number = ?2").Bind(1, flow).Bind(2, runId);
        using var _ = select.Use();
        return select.Step() ? select.GetInt64(0) : null;
    }

    private long? Key(string sql, string name)
    {
        var select = session.Prepare(sql).Bind(1, name);
        using var _ = select.Use();
        return select.Step() ? select.GetInt64(0) : null;
    }

    private RunRow? Single(SqliteStatement select)
    {
        using var _ = select.Use();
        return select.Step() ? Read(select) : null;
    }

    private List<RunRow> Rows(SqliteStatement select)
    {
        using var _ = select.Use();
        var rows = new List<RunRow>();
        while (select.Step())
        {
            rows.Add(Read(select));
        }

        return rows;
    }

    private RunRow Read(SqliteStatement select)
    {
        var (tags, systemTags) = Tags(select.GetInt64(0));
        return new(
            Flow: select.GetString(1),
            RunId: select.GetInt64(2),
            Status: select.GetString(3),
            User: select.GetString(4),
            Started: Time(select.GetInt64(5)),
            Finished: select.IsNull(6) ? null : Time(select.GetInt64(6)),
            Tags: tags,
            SystemTags: systemTags,
            OriginRunId: select.IsNull(7) ? null : select.GetString(7),
            Watermark: FindWatermark(select.GetInt64(0)));
    }

    private Watermark FindWatermark(long run)
    {
        var select = session.Prepare(WatermarkText).Bind(1, run);
        using var _ = select.Use();
        return ReadWatermark(select);
    }

    /// <summary>The point in time; the nearest that can be told if the number is out of range.</summary>
    private static DateTimeOffset Time(long micros) => UnixTime.FromMicroseconds(
        Math.Clamp(micros, DateTimeOffset.MinValue.ToUnixMicroseconds(), DateTimeOffset.MaxValue.ToUnixMicroseconds()));

    private (List<string> Tags, List<string> SystemTags) Tags(long run)
    {
        var select = session.Prepare(
            "SELECT x.system, t.name FROM run_tags x CROSS JOIN tags t ON t.tag = x.tag WHERE x.run = ?1 ORDER BY t.name")
            .Bind(1, run);
        using var _ = select.Use();
        var (tags, systemTags) = (new List<string>(), new List<string>());
        while (select.Step())
        {
            (select.GetInt64(0) == 0 ? tags : systemTags).Add(select.GetString(1));
        }

        return (tags, systemTags);
    }
}
