using Metaflow.Metadata.Records;

namespace Metaflow.Metadata.Index;

/// <summary>Writes runs, their tags and how far they are indexed. Every method belongs inside a transaction.</summary>
internal sealed class RunWriter(IndexSession session)
{
    /// <summary>A run as the index keys it.</summary>
    internal readonly record struct Key(long Run, long Flow, long StartedMicros);

    /// <summary>Finds a run; <see langword="null"/> if the index does not know it.</summary>
    public Key? Find(string flow, long runId)
    {
        var select = session.Prepare(
            "SELECT r.run, r.flow, r.started FROM flows f CROSS JOIN runs r ON r.flow = f.flow WHERE f.name = ?1 AND r.number = ?2")
            .Bind(1, flow).Bind(2, runId);
        using var _ = select.Use();
        return select.Step() ? new(select.GetInt64(0), select.GetInt64(1), select.GetInt64(2)) : null;
    }

    /// <summary>
    /// Adds a run or brings it up to date. A state that is older than what the index has changes nothing: whoever writes
    /// last need not know most.
    /// </summary>
    /// <param name="row">The run.</param>
    /// <param name="isScheduler">
    /// Whether the row comes from the run's own scheduler. That knows nothing of other writers, so the tags of a known run
    /// stay as they are, and segments that the row does not name do not make it old.
    /// </param>
    public Key Upsert(RunRow row, bool isScheduler)
    {
        var known = Find(row.Flow, row.RunId);
        if (known is { } other && other.StartedMicros != row.Started.ToUnixMicroseconds())
        {
            Delete(other.Run);
            known = null;
        }

        if (known is { } found && IsOld(row, found.Run, isScheduler))
        {
            return found;
        }

        var key = Store(row, known);
        if (known is null || !isScheduler)
        {
            ReplaceTags(key, row.Tags, row.SystemTags);
        }

        return key;
    }

    /// <summary>Up to where a run is indexed.</summary>
    public Watermark Watermark(long run)
    {
        var select = session.Prepare(RunReader.WatermarkText).Bind(1, run);
        using var _ = select.Use();
        return RunReader.ReadWatermark(select);
    }

    /// <summary>
    /// Moves up to where a run is indexed, provided that what was to be there before really is: another process may have
    /// emptied the index meanwhile.
    /// </summary>
    public void Advance(long run, Watermark basis, Watermark watermark)
    {
        var known = Watermark(run);
        if (!known.Covers(basis) || known.Covers(watermark))
        {
            return;
        }

        foreach (var place in watermark.Places)
        {
            session.Prepare(
                """
                INSERT INTO watermarks(run, segment, offset) VALUES(?1, ?2, ?3)
                ON CONFLICT(run, segment) DO UPDATE SET offset = max(offset, excluded.offset)
                """)
                .Bind(1, run).Bind(2, place.Segment).Bind(3, place.Offset).Run();
        }
    }

    /// <summary>
    /// Notes that a run has ended and is indexed whole, if it is and nobody else ever wrote to it: whoever ends a run does
    /// not know what others added.
    /// </summary>
    public void Settle(long run, RunRow row)
    {
        if (IndexStatus.IsFinal(row.Status) && Watermark(run).Covers(row.Watermark))
        {
            session.Prepare("UPDATE runs SET settled = 1 WHERE run = ?1 AND status = ?2 AND marks = 0").Bind(1, run).Bind(2, row.Status).Run();
        }
    }

    /// <summary>Notes that a run is whole, unless somebody has marked it meanwhile.</summary>
    public void Settle(long run, long marks) =>
        session.Prepare("UPDATE runs SET settled = 1 WHERE run = ?1 AND marks = ?2").Bind(1, run).Bind(2, marks).Run();

    /// <summary>Marks a run as one that is about to change.</summary>
    public bool Unsettle(long run) =>
        session.Prepare("UPDATE runs SET settled = 0, marks = marks + 1 WHERE run = ?1").Bind(1, run).Run() > 0;

    /// <summary>Notes when all runs of a flow were looked at, and which of them could not be indexed.</summary>
    public void SetListed(string flow, long? stamp, IReadOnlyCollection<long> pending)
    {
        if (session.Prepare("UPDATE flows SET listed = ?2 WHERE name = ?1").Bind(1, flow).Bind(2, stamp).Run() == 0)
        {
            return;
        }

        session.Prepare("DELETE FROM pending WHERE flow = (SELECT flow FROM flows WHERE name = ?1)").Bind(1, flow).Run();
        foreach (var number in pending)
        {
            session.Prepare("INSERT INTO pending(flow, number) SELECT flow, ?2 FROM flows WHERE name = ?1").Bind(1, flow).Bind(2, number).Run();
        }
    }

    /// <summary>Replaces the tags of a run.</summary>
    public void ReplaceTags(Key key, IReadOnlyList<string> tags, IReadOnlyList<string> systemTags)
    {
        session.Prepare("DELETE FROM run_tags WHERE run = ?1").Bind(1, key.Run).Run();
        AddTags(key, tags, system: 0);
        AddTags(key, systemTags, system: 1);
    }

    /// <summary>Removes a run and all that belongs to it.</summary>
    public void Delete(long run)
    {
        foreach (var table in (ReadOnlySpan<string>)["tasks", "step_outcomes", "steps", "run_tags", "watermarks", "runs"])
        {
            session.Prepare($"DELETE FROM {table} WHERE run = ?1").Bind(1, run).Run();
        }

        session.Prepare("DELETE FROM pending WHERE NOT EXISTS (SELECT 1 FROM runs r WHERE r.flow = pending.flow)").Run();
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

    private bool IsOld(RunRow row, long run, bool isScheduler)
    {
        foreach (var place in Watermark(run).Places)
        {
            var read = row.Watermark.In(place.Segment);
            if (place.Value > read.Value && !(isScheduler && read.IsNone))
            {
                return true;
            }
        }

        return false;
    }

    private Key Store(RunRow row, Key? known)
    {
        var flow = known?.Flow ?? Intern(
            "INSERT OR IGNORE INTO flows(name) VALUES(?1)", "SELECT flow FROM flows WHERE name = ?1", row.Flow);
        session.Prepare(
            """
            INSERT INTO runs(flow, number, status, user, started, finished, origin, settled, marks) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0)
            ON CONFLICT(flow, number) DO UPDATE SET status = excluded.status, user = excluded.user,
              finished = excluded.finished, origin = excluded.origin, settled = 0
            """)
            .Bind(1, flow).Bind(2, row.RunId).Bind(3, row.Status).Bind(4, row.User).Bind(5, row.Started.ToUnixMicroseconds())
            .Bind(6, row.Finished?.ToUnixMicroseconds()).Bind(7, row.OriginRunId).Run();
        return known ?? Find(row.Flow, row.RunId)!.Value;
    }

    private void AddTags(Key key, IReadOnlyList<string> tags, long system)
    {
        foreach (var tag in tags)
        {
            var tagKey = Intern("INSERT OR IGNORE INTO tags(name) VALUES(?1)", "SELECT tag FROM tags WHERE name = ?1", tag);
            session.Prepare("INSERT OR IGNORE INTO run_tags(tag, flow, run, system) VALUES(?1, ?2, ?3, ?4)")
                .Bind(1, tagKey).Bind(2, key.Flow).Bind(3, key.Run).Bind(4, system).Run();
        }
    }

    private long Intern(string insert, string select, string name)
    {
        session.Prepare(insert).Bind(1, name).Run();
        var statement = session.Prepare(select).Bind(1, name);
        using var _ = statement.Use();
        statement.Step();
        return statement.GetInt64(0);
    }
}
