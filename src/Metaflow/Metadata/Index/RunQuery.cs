namespace Metaflow.Metadata.Index;

/// <summary>Which runs to list. What is not set does not filter.</summary>
internal sealed record RunQuery
{
    /// <summary>The flow's name. Without one, the runs of all flows come, ordered by when they started.</summary>
    public string? Flow { get; init; }

    /// <summary>One of <see cref="IndexStatus"/>.</summary>
    public string? Status { get; init; }

    /// <summary>Tags, of the user or the system, that a run must all have. A namespace is such a tag.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Who started it.</summary>
    public string? User { get; init; }

    /// <summary>Started at this time or later.</summary>
    public DateTimeOffset? StartedFrom { get; init; }

    /// <summary>Started before this time.</summary>
    public DateTimeOffset? StartedBefore { get; init; }

    /// <summary>The last run of the page before: only what follows it comes.</summary>
    public RunPosition? After { get; init; }

    /// <summary>The most runs to give, 1 to <see cref="StoreIndex.MaximumPage"/>.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>Which attempts to list. What is not set does not filter.</summary>
internal sealed record TaskQuery
{
    /// <summary>The step's name. Without one, steps follow each other in the order in which they first ran.</summary>
    public string? Step { get; init; }

    /// <summary>
    /// Only attempts with this outcome. Without one, each task comes once, with its latest attempt; with one, each such
    /// attempt comes.
    /// </summary>
    public byte? Outcome { get; init; }

    /// <summary>The last row of the page before: only what follows it comes.</summary>
    public TaskPosition? After { get; init; }

    /// <summary>The most rows to give, 1 to <see cref="StoreIndex.MaximumPage"/>.</summary>
    public int Limit { get; init; } = 100;
}
