using System.Globalization;
using Metaflow.Metadata.Records;
using Metaflow.Metadata.Sqlite;

namespace Metaflow.Metadata.Index;

/// <summary>Answers questions about the steps and tasks of a run.</summary>
internal sealed class TaskReader(IndexSession session)
{
    private const string Columns = "t.step, t.task, t.attempt, t.outcome, t.started, t.finished, t.address, t.parent, t.place";

    /// <summary>The steps in the order in which the run reached them.</summary>
    public List<StepSummary> Steps(string flow, long runId)
    {
        if (FindRun(flow, runId) is not { } run)
        {
            return [];
        }

        var select = session.Prepare(
            """
            SELECT s.step, s.name, s.first_started, s.last_finished, o.outcome, o.count
            FROM steps s CROSS JOIN step_outcomes o ON o.run = s.run AND o.step = s.step
            WHERE s.run = ?1 ORDER BY s.step, o.outcome
            """).Bind(1, run);
        using var _ = select.Use();
        var steps = new List<StepSummary>();
        var outcomes = new Dictionary<byte, long>();
        while (select.Step())
        {
            var name = select.GetString(1);
            if (steps.Count == 0 || steps[^1].Name != name)
            {
                outcomes = [];
                steps.Add(new(name, outcomes, select.GetInt64(2), select.GetInt64(3)));
            }

            outcomes[(byte)select.GetInt64(4)] = select.GetInt64(5);
        }

        return steps;
    }

    /// <summary>The attempts of a task, oldest first.</summary>
    public List<TaskRow> Attempts(string flow, long runId, long taskId)
    {
        if (FindRun(flow, runId) is not { } run)
        {
            return [];
        }

        // A task id says nothing of its step: the few steps of the run are tried.
        var select = session.Prepare(
            $"""
            SELECT s.name, {Columns}
            FROM steps s CROSS JOIN tasks t ON t.run = s.run AND t.step = s.step AND t.task = ?2
            WHERE s.run = ?1 ORDER BY s.step, t.attempt
            """).Bind(1, run).Bind(2, taskId);
        using var _ = select.Use();
        var attempts = new List<TaskRow>();
        while (select.Step())
        {
            attempts.Add(Read(select, select.GetString(0), first: 2));
        }

        return attempts;
    }

    /// <summary>A page of tasks, by step and number.</summary>
    public List<TaskRow> Page(string flow, long runId, TaskQuery query)
    {
        if (FindRun(flow, runId) is not { } run)
        {
            return [];
        }

        var steps = StepNames(run);
        if (!TryFindStep(steps, query.Step ?? query.After?.Step, out var step))
        {
            return [];
        }

        // Without an outcome a task is given once: all attempts of the last task are behind the page.
        var afterAttempt = query.After is { } after && query.Outcome is not null ? after.Attempt : int.MaxValue;
        var select = session.Prepare(PageText(query)).Bind(1, run).Bind(2, step)
            .Bind(3, query.After?.TaskId ?? long.MinValue).Bind(4, afterAttempt);
        using var _ = select.Use();
        var rows = new List<TaskRow>();
        while (select.Step())
        {
            var name = steps.GetValueOrDefault(select.GetInt64(0), "");
            var isSameTask = rows.Count > 0 && rows[^1].TaskId == select.GetInt64(1) && rows[^1].Step == name;
            if (query.Outcome is null && isSameTask)
            {
                rows[^1] = Read(select, name, first: 1);
            }
            else if (rows.Count == query.Limit)
            {
                break;
            }
            else
            {
                rows.Add(Read(select, name, first: 1));
            }
        }

        return rows;
    }

    /// <summary>The ids of the tasks of a step that another task led to, ascending.</summary>
    public List<long> Children(string flow, long runId, string step, long parentTaskId, long afterTaskId, int limit)
    {
        var children = new List<long>();
        if (FindRun(flow, runId) is not { } run || !TryFindStep(StepNames(run), step, out var key))
        {
            return children;
        }

        var select = session.Prepare(
            """
            SELECT DISTINCT t.task FROM tasks t WHERE t.run = ?1 AND t.step = ?2 AND t.task > ?3 AND t.parent = ?4
            ORDER BY t.task LIMIT ?5
            """)
            .Bind(1, run).Bind(2, key).Bind(3, afterTaskId).Bind(4, parentTaskId).Bind(5, limit);
        using var _ = select.Use();
        while (select.Step())
        {
            children.Add(select.GetInt64(0));
        }

        return children;
    }

    private static string PageText(TaskQuery query)
    {
        var (index, outcome) = query.Outcome switch
        {
            null => ("", ""),
            (byte)AttemptOutcome.Succeeded => ("", $" AND t.outcome = {(byte)AttemptOutcome.Succeeded}"),
            // The outcome is written out because only then is it seen that the index has all such attempts.
            { } wanted => (
                " INDEXED BY tasks_unsuccessful",
                string.Create(CultureInfo.InvariantCulture, $" AND t.outcome = {wanted} AND t.outcome <> {(byte)AttemptOutcome.Succeeded}")),
        };
        var position = query.Step is null
            ? "(t.step, t.task, t.attempt) > (?2, ?3, ?4)"
            : "t.step = ?2 AND (t.task, t.attempt) > (?3, ?4)";
        return $"SELECT {Columns} FROM tasks t{index} WHERE t.run = ?1{outcome} AND {position} ORDER BY t.step, t.task, t.attempt";
    }

    private static bool TryFindStep(Dictionary<long, string> steps, string? name, out long step)
    {
        step = 0;
        if (name is null)
        {
            return true;
        }

        foreach (var (key, known) in steps)
        {
            if (known == name)
            {
                step = key;
                return true;
            }
        }

        return false;
    }

    private static TaskRow Read(SqliteStatement select, string step, int first) => new(
        TaskId: select.GetInt64(first),
        Step: step,
        Attempt: (int)select.GetInt64(first + 1),
        Outcome: (byte)select.GetInt64(first + 2),
        StartedMicros: select.GetInt64(first + 3),
        FinishedMicros: select.GetInt64(first + 4),
        Address: (ulong)select.GetInt64(first + 5),
        ParentTaskId: select.GetInt64(first + 6),
        Index: (int)select.GetInt64(first + 7));

    private Dictionary<long, string> StepNames(long run)
    {
        var select = session.Prepare("SELECT step, name FROM steps WHERE run = ?1").Bind(1, run);
        using var _ = select.Use();
        var names = new Dictionary<long, string>();
        while (select.Step())
        {
            names[select.GetInt64(0)] = select.GetString(1);
        }

        return names;
    }

    private long? FindRun(string flow, long runId)
    {
        var select = session.Prepare(
            "SELECT r.run FROM flows f CROSS JOIN runs r ON r.flow = f.flow WHERE f.name = ?1 AND r.number = ?2")
            .Bind(1, flow).Bind(2, runId);
        using var _ = select.Use();
        return select.Step() ? select.GetInt64(0) : null;
    }
}
