using Metaflow.Metadata.Sqlite;

namespace Metaflow.Metadata.Index;

/// <summary>Writes runs and their tags. Every method belongs inside a transaction.</summary>
internal sealed class RunWriter(IndexSession session)
{
    /// <summary>A run as the index keys it; <see langword="null"/> if it does not know the run.</summary>
    public (long Key, long FlowKey, ulong Watermark)? Find(string flow, long runId)
    {
        var select = session.Prepare(
            "SELECT r.run, r.flow, r.watermark FROM flows f CROSS JOIN runs r ON r.flow = f.flow WHERE f.name = ?1 AND r.number = ?2");
        using var _ = select.Bind(1, flow).Bind(2, runId).Use();
        return select.Step() ? (select.GetInt64(0), select.GetInt64(1), (ulong)select.GetInt64(2)) : null;
    }

    /// <summary>
    /// Adds a run or brings it up to date. A row that is older than what the index has changes nothing: whoever writes
    /// last need not know most.
    /// </summary>
    /// <param name="row">The run.</param>
    /// <param name="keepTags">Whether the tags of a run that is known already stay as they are.</param>
    public void Upsert(RunRow row, bool keepTags)
    {
        var known = Find(row.Flow, row.RunId);
        if (known is { } newer && newer.Watermark > row.Watermark)
        {
            return;
        }

        var flowKey = known?.FlowKey ?? Intern(
            "INSERT OR IGNORE INTO flows(name) VALUES(?1)", "SELECT flow FROM flows WHERE name = ?1", row.Flow);
        session.Prepare(
            """
            INSERT INTO runs(flow, number, status, user, started, finished, origin, watermark) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT(flow, number) DO UPDATE SET status = excluded.status, user = excluded.user, started = excluded.started,
              finished = excluded.finished, origin = excluded.origin, watermark = excluded.watermark
            """)
            .Bind(1, flowKey).Bind(2, row.RunId).Bind(3, row.Status).Bind(4, row.User).Bind(5, Micros.Of(row.Started))
            .Bind(6, row.Finished is { } finished ? Micros.Of(finished) : null)
            .Bind(7, row.OriginRunId).Bind(8, (long)row.Watermark).Run();

        if (known is null || !keepTags)
        {
            var key = known?.Key ?? Find(row.Flow, row.RunId)!.Value.Key;
            ReplaceTags(key, flowKey, row.Tags, row.SystemTags);
        }
    }

    public void SetWatermark(long key, ulong watermark) =>
        session.Prepare("UPDATE runs SET watermark = ?2 WHERE run = ?1").Bind(1, key).Bind(2, (long)watermark).Run();

    /// <summary>Replaces the tags of a run.</summary>
    public void ReplaceTags(long key, long flowKey, IReadOnlyList<string> tags, IReadOnlyList<string> systemTags)
    {
        session.Prepare("DELETE FROM run_tags WHERE run = ?1").Bind(1, key).Run();
        AddTags(key, flowKey, tags, system: 0);
        AddTags(key, flowKey, systemTags, system: 1);
    }

    /// <summary>Removes a run and all that belongs to it.</summary>
    public void Delete(long key)
    {
        foreach (var table in (ReadOnlySpan<string>)["tasks", "step_outcomes", "steps", "run_tags", "runs"])
        {
            session.Prepare($"DELETE FROM {table} WHERE run = ?1").Bind(1, key).Run();
        }

        session.Prepare("DELETE FROM flows WHERE NOT EXISTS (SELECT 1 FROM runs r WHERE r.flow = flows.flow)").Run();
    }

    /// <summary>Removes everything.</summary>
    public void Clear()
    {
        foreach (var table in IndexSchema.Tables)
        {
            session.Prepare($"DELETE FROM {table}").Run();
        }
    }

    private void AddTags(long key, long flowKey, IReadOnlyList<string> tags, long system)
    {
        foreach (var tag in tags)
        {
            var tagKey = Intern("INSERT OR IGNORE INTO tags(name) VALUES(?1)", "SELECT tag FROM tags WHERE name = ?1", tag);
            session.Prepare("INSERT OR IGNORE INTO run_tags(tag, flow, run, system) VALUES(?1, ?2, ?3, ?4)")
                .Bind(1, tagKey).Bind(2, flowKey).Bind(3, key).Bind(4, system).Run();
        }
    }

    private long Intern(string insert, string select, string name)
    {
        session.Prepare(insert).Bind(1, name).Run();
        var statement = session.Prepare(select);
        using var _ = statement.Bind(1, name).Use();
        statement.Step();
        return statement.GetInt64(0);
    }
}
