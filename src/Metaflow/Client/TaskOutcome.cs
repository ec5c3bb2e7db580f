namespace Metaflow.Client;

/// <summary>How a task, or an attempt of one, ended.</summary>
public enum TaskOutcome
{
    /// <summary>The step returned, and its artifacts are stored.</summary>
    Succeeded = 1,

    /// <summary>It failed for good.</summary>
    Failed = 2,

    /// <summary>The attempt failed and another one follows. A task with this outcome has not ended.</summary>
    Retrying = 3,

    /// <summary>It failed for good, and the flow went on by <see cref="CatchAttribute"/>.</summary>
    Caught = 4,
}
