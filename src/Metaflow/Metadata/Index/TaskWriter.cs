using System.Runtime.InteropServices;
using Metaflow.Metadata.Sqlite;

namespace Metaflow.Metadata.Index;

/// <summary>
/// Writes attempts of tasks, and keeps the counts per step beside them. Every method belongs inside a transaction.
/// </summary>
internal sealed class TaskWriter(IndexSession session)
{
    private const string Insert =
        """
        INSERT OR IGNORE INTO tasks(run, step, task, attempt, outcome, started, finished, address, parent, place)
        VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """;

    private const string Replace =
        """
        UPDATE tasks SET outcome = ?5, started = ?6, finished = ?7, address = ?8, parent = ?9, place = ?10
        WHERE run = ?1 AND step = ?2 AND task = ?3 AND attempt = ?4
          AND (outcome, started, finished, address, parent, place) IS NOT (?5, ?6, ?7, ?8, ?9, ?10)
        """;

    /// <summary>Adds rows; those that are there already stay, those that differ are replaced.</summary>
    public void Add(long run, ReadOnlySpan<TaskRow> rows)
    {
        var tallies = LoadSteps(run);
        var insert = session.Prepare(Insert).Bind(1, run);
        Tally? tally = null;
        foreach (ref readonly var row in rows)
        {
            if (tally is null || !string.Equals(tally.Name, row.Step, StringComparison.Ordinal))
            {
                tally = FindOrAdd(run, tallies, row.Step);
            }

            if (BindRow(insert, tally.Step, row).Run() > 0)
            {
                tally.Count(row);
            }
            else if (BindRow(session.Prepare(Replace).Bind(1, run), tally.Step, row).Run() > 0)
            {
                tally.MustRecount = true;
            }
        }

        foreach (var changed in tallies.Values)
        {
            Store(run, changed);
        }
    }

    private static SqliteStatement BindRow(SqliteStatement statement, long step, in TaskRow row) => statement
        .Bind(2, step).Bind(3, row.TaskId).Bind(4, row.Attempt).Bind(5, row.Outcome).Bind(6, row.StartedMicros)
        .Bind(7, row.FinishedMicros).Bind(8, (long)row.Address).Bind(9, row.ParentTaskId).Bind(10, row.Index);

    private Dictionary<string, Tally> LoadSteps(long run)
    {
        var tallies = new Dictionary<string, Tally>(StringComparer.Ordinal);
        var select = session.Prepare("SELECT step, name FROM steps WHERE run = ?1");
        using var _ = select.Bind(1, run).Use();
        while (select.Step())
        {
            var name = select.GetString(1);
            tallies[name] = new(select.GetInt64(0), name);
        }

        return tallies;
    }

    private Tally FindOrAdd(long run, Dictionary<string, Tally> tallies, string name)
    {
        if (!tallies.TryGetValue(name, out var tally))
        {
            // Steps are numbered in the order in which the run reached them, so that listings follow the run.
            tallies[name] = tally = new(tallies.Count == 0 ? 1 : tallies.Values.Max(known => known.Step) + 1, name);
            session.Prepare("INSERT INTO steps(run, step, name, first_started, last_finished) VALUES(?1, ?2, ?3, ?4, ?5)")
                .Bind(1, run).Bind(2, tally.Step).Bind(3, name).Bind(4, tally.FirstStarted).Bind(5, tally.LastFinished).Run();
        }

        return tally;
    }

    private void Store(long run, Tally tally)
    {
        if (tally.MustRecount)
        {
            Recount(run, tally);
        }
        else if (tally.Outcomes.Count == 0)
        {
            return;
        }

        var count = session.Prepare(
            """
            INSERT INTO step_outcomes(run, step, outcome, count) VALUES(?1, ?2, ?3, ?4)
            ON CONFLICT(run, step, outcome) DO UPDATE SET count = count + excluded.count
            """);
        foreach (var (outcome, number) in tally.Outcomes)
        {
            count.Bind(1, run).Bind(2, tally.Step).Bind(3, outcome).Bind(4, number).Run();
        }

        session.Prepare(
            """
            UPDATE steps SET first_started = min(first_started, ?3), last_finished = max(last_finished, ?4)
            WHERE run = ?1 AND step = ?2
            """)
            .Bind(1, run).Bind(2, tally.Step).Bind(3, tally.FirstStarted).Bind(4, tally.LastFinished).Run();
    }

    /// <summary>Counts a step afresh: a replaced row cannot be taken out of a minimum.</summary>
    private void Recount(long run, Tally tally)
    {
        session.Prepare("DELETE FROM step_outcomes WHERE run = ?1 AND step = ?2").Bind(1, run).Bind(2, tally.Step).Run();
        session.Prepare("UPDATE steps SET first_started = ?3, last_finished = ?4 WHERE run = ?1 AND step = ?2")
            .Bind(1, run).Bind(2, tally.Step).Bind(3, long.MaxValue).Bind(4, long.MinValue).Run();
        tally.Outcomes.Clear();

        var select = session.Prepare(
            """
            SELECT outcome, count(*), min(started), max(finished) FROM tasks WHERE run = ?1 AND step = ?2 GROUP BY outcome
            """);
        using var _ = select.Bind(1, run).Bind(2, tally.Step).Use();
        while (select.Step())
        {
            tally.Outcomes[(byte)select.GetInt64(0)] = select.GetInt64(1);
            tally.Widen(select.GetInt64(2), select.GetInt64(3));
        }
    }

    /// <summary>What a batch adds to a step.</summary>
    private sealed class Tally(long step, string name)
    {
        public long Step { get; } = step;

        public string Name { get; } = name;

        public Dictionary<byte, long> Outcomes { get; } = [];

        public long FirstStarted { get; private set; } = long.MaxValue;

        public long LastFinished { get; private set; } = long.MinValue;

        public bool MustRecount { get; set; }

        public void Count(in TaskRow row)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(Outcomes, row.Outcome, out _)++;
            Widen(row.StartedMicros, row.FinishedMicros);
        }

        public void Widen(long started, long finished)
        {
            FirstStarted = Math.Min(FirstStarted, started);
            LastFinished = Math.Max(LastFinished, finished);
        }
    }
}
