namespace Metaflow.Client;

/// <summary>Which tasks to list. What is not set does not filter.</summary>
public sealed record TaskFilter
{
    /// <summary>How a task must have ended; of a task that was tried several times the latest attempt counts.</summary>
    public TaskOutcome? Outcome { get; init; }

    /// <summary>Only tasks behind the one with this id. Default: from the first.</summary>
    public string? After { get; init; }

    /// <summary>Only tasks whose latest attempt started at this time or later.</summary>
    public DateTimeOffset? StartedFrom { get; init; }

    /// <summary>Only tasks whose latest attempt started before this time.</summary>
    public DateTimeOffset? StartedBefore { get; init; }

    /// <summary>Only tasks whose foreach item has this label.</summary>
    public string? Label { get; init; }

    /// <summary>
    /// Conditions on the artifacts that a task left; all must hold. They are read from task after task. Default: none.
    /// </summary>
    public IReadOnlyList<ValueCondition> Artifacts { get; init; } = [];
}
