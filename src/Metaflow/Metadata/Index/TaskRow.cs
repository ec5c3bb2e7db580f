namespace Metaflow.Metadata.Index;

/// <summary>What the index knows of an attempt of a task that has ended.</summary>
/// <param name="TaskId">The task's number in its run.</param>
/// <param name="Step">The step's name.</param>
/// <param name="Attempt">Zero-based.</param>
/// <param name="Outcome">How it ended, an <see cref="Metaflow.Metadata.Records.AttemptOutcome"/>.</param>
/// <param name="StartedMicros">When it started, in microseconds since 1970 (UTC).</param>
/// <param name="FinishedMicros">When it ended, likewise.</param>
/// <param name="Address">Where its record is, a <see cref="Metaflow.Storage.RecordAddress"/>.</param>
/// <param name="ParentTaskId">The task that led to it.</param>
/// <param name="Index">Its place in the innermost foreach; -1 outside one.</param>
internal readonly record struct TaskRow(
    long TaskId,
    string Step,
    int Attempt,
    byte Outcome,
    long StartedMicros,
    long FinishedMicros,
    ulong Address,
    long ParentTaskId,
    int Index)
{
    /// <summary>Where this task stands in a listing, to ask for what follows it.</summary>
    public TaskPosition Position => new(Step, TaskId, Attempt);
}

/// <summary>The place of a task's attempt in a listing.</summary>
internal readonly record struct TaskPosition(string Step, long TaskId, int Attempt);
