using Metaflow.Metadata.Sqlite;

namespace Metaflow.Metadata.Index;

internal sealed partial class StoreIndex
{
    /// <summary>A page of runs: those of one flow by number, those of all flows by start, newest first.</summary>
    public IReadOnlyList<RunRow> Runs(RunQuery query)
    {
        CheckLimit(query.Limit);
        return Read(session => new RunReader(session).Page(query));
    }

    /// <summary>The newest run of a flow; <see langword="null"/> if there is none.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="successfulOnly">Whether only runs that succeeded count.</param>
    /// <param name="tag">A tag, of the user or the system, that the run must have.</param>
    public RunRow? LatestRun(string flow, bool successfulOnly, string? tag = null)
    {
        var query = new RunQuery
        {
            Flow = flow,
            Status = successfulOnly ? IndexStatus.Succeeded : null,
            Tags = tag is null ? [] : [tag],
            Limit = 1,
        };
        return Runs(query) is [var run] ? run : null;
    }

    /// <summary>A run; <see langword="null"/> if the index does not know it.</summary>
    public RunRow? Run(string flow, long runId) => Read(session => new RunReader(session).Find(flow, runId));

    /// <summary>The names of the flows that have a run, or a run with a tag; in ordinal order.</summary>
    public IReadOnlyList<string> Flows(string? tag = null) => Read(session => new RunReader(session).Flows(tag));

    /// <summary>The steps that a run has reached, in that order.</summary>
    public IReadOnlyList<StepSummary> Steps(string flow, long runId) => Read(session => new TaskReader(session).Steps(flow, runId));

    /// <summary>A page of the tasks of a run.</summary>
    public IReadOnlyList<TaskRow> Tasks(string flow, long runId, TaskQuery query)
    {
        CheckLimit(query.Limit);
        return Read(session => new TaskReader(session).Page(flow, runId, query));
    }

    /// <summary>The latest attempt of a task; <see langword="null"/> if the index knows none.</summary>
    public TaskRow? Task(string flow, long runId, long taskId) => Attempts(flow, runId, taskId) is [.., var last] ? last : null;

    /// <summary>All attempts of a task, oldest first.</summary>
    public IReadOnlyList<TaskRow> Attempts(string flow, long runId, long taskId) =>
        Read(session => new TaskReader(session).Attempts(flow, runId, taskId));

    /// <summary>The ids of the tasks of a step that another task led to, ascending.</summary>
    public IReadOnlyList<long> Children(string flow, long runId, string step, long parentTaskId, long afterTaskId, int limit)
    {
        CheckLimit(limit);
        return Read(session => new TaskReader(session).Children(flow, runId, step, parentTaskId, afterTaskId, limit));
    }

    private static void CheckLimit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaximumPage);
    }

    private T Read<T>(Func<IndexSession, T> query)
    {
        var session = _reader.Value;
        using var _ = session.Gate.EnterScope();
        try
        {
            using var transaction = session.BeginRead();
            var result = query(session);
            transaction.Commit();
            return result;
        }
        catch (SqliteException exception) when (exception.IsDamage)
        {
            _file?.Condemn();
            throw;
        }
    }
}
