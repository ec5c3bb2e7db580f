using Metaflow.Client;

namespace Metaflow.Events;

/// <summary>What an event tells.</summary>
public enum RunEventKind
{
    /// <summary>The run has an id and is stored; no task has started. <see cref="RunEvent.Text"/> is its path.</summary>
    RunStarted,

    /// <summary>Tasks of the run that is resumed were taken over. <see cref="RunEvent.Count"/> says how many, <see cref="RunEvent.Text"/> from which run.</summary>
    TasksAdopted,

    /// <summary>An attempt of a task has started.</summary>
    AttemptStarted,

    /// <summary>A task printed a line, <see cref="RunEvent.Text"/>.</summary>
    Output,

    /// <summary>A task split: <see cref="RunEvent.Count"/> tasks of the step <see cref="RunEvent.Text"/> follow.</summary>
    Split,

    /// <summary>An attempt has ended, and what it left is stored. <see cref="RunEvent.Text"/> says why if it did not succeed.</summary>
    AttemptFinished,

    /// <summary>Something that is no part of the run, but that people should know.</summary>
    Notice,

    /// <summary>The run has ended. <see cref="RunEvent.Text"/> says why if it did not succeed.</summary>
    RunFinished,
}

/// <summary>Something that happened in a run. Members that do not belong to its kind are not set.</summary>
/// <param name="Kind">What it tells.</param>
/// <param name="Time">When it happened, in UTC.</param>
public sealed record RunEvent(RunEventKind Kind, DateTimeOffset Time)
{
    /// <summary>The step of the task.</summary>
    public string? Step { get; init; }

    /// <summary>The task's id.</summary>
    public string? TaskId { get; init; }

    /// <summary>The attempt, 0 for the first.</summary>
    public int Attempt { get; init; }

    /// <summary>The item of the innermost foreach as a short text; <see langword="null"/> outside a foreach.</summary>
    public string? Label { get; init; }

    /// <summary>A text; see the kinds.</summary>
    public string? Text { get; init; }

    /// <summary>Whether a line was printed to standard error.</summary>
    public bool IsError { get; init; }

    /// <summary>How an attempt ended.</summary>
    public TaskOutcome? Outcome { get; init; }

    /// <summary>How a run ended.</summary>
    public RunStatus? Status { get; init; }

    /// <summary>The directory of the store, when a run starts.</summary>
    public string? DatastoreRoot { get; init; }

    /// <summary>A number of tasks; see the kinds.</summary>
    public long Count { get; init; }
}
