namespace Metaflow.Client;

/// <summary>Which runs to list. What is not set does not filter.</summary>
public sealed record RunFilter
{
    /// <summary>Tags, of the user or the system, that a run must all have. Default: none.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The state that a run must be in.</summary>
    public RunStatus? Status { get; init; }

    /// <summary>Who must have started it.</summary>
    public string? User { get; init; }

    /// <summary>Only runs that started at this time or later.</summary>
    public DateTimeOffset? StartedFrom { get; init; }

    /// <summary>Only runs that started before this time.</summary>
    public DateTimeOffset? StartedBefore { get; init; }

    /// <summary>Only runs behind this one in the list, which is older: <c>GenreFlow/3</c>. Default: from the newest.</summary>
    public string? After { get; init; }

    /// <summary>
    /// Conditions on the values of the parameters; all must hold. They are read from run after run. Default: none.
    /// </summary>
    public IReadOnlyList<ValueCondition> Parameters { get; init; } = [];

    /// <summary>
    /// Conditions on the artifacts of the end task; all must hold, so only runs that reached their end fulfil one. They are
    /// read from run after run. Default: none.
    /// </summary>
    public IReadOnlyList<ValueCondition> Artifacts { get; init; } = [];
}
