namespace Metaflow.Dashboard.Views;

/// <summary>The store that the dashboard shows.</summary>
internal sealed record StoreInfo
{
    /// <summary>The store's directory.</summary>
    public required string Root { get; init; }
    public required string Version { get; init; }

    /// <summary>Only runs with this tag are shown; absent: all.</summary>
    public string? Namespace { get; init; }

    /// <summary>Runs that cannot be read, and why.</summary>
    public required IReadOnlyList<string> Unreadable { get; init; }

    /// <summary>The server's clock, in milliseconds since 1970.</summary>
    public required double Now { get; init; }
}

/// <summary>A flow and its latest runs.</summary>
internal sealed record FlowItem
{
    public required string Name { get; init; }

    /// <summary>The latest runs, newest first.</summary>
    public required IReadOnlyList<RunItem> Latest { get; init; }
}

/// <summary>A run in a list.</summary>
internal sealed record RunItem
{
    public required string Flow { get; init; }
    public required string Id { get; init; }

    /// <summary><c>running</c>, <c>succeeded</c>, <c>failed</c>, <c>interrupted</c> or <c>lost</c>.</summary>
    public required string Status { get; init; }
    public required string User { get; init; }

    /// <summary>Milliseconds since 1970, UTC; so are all times of this API.</summary>
    public required double Started { get; init; }

    /// <summary>Absent while the run goes on, and if it was lost.</summary>
    public double? Finished { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }
    public required IReadOnlyList<string> SystemTags { get; init; }

    /// <summary>The project of the flow; absent if it is in none.</summary>
    public string? Project { get; init; }

    /// <summary>The branch of the project: <c>user.ada</c>, <c>test.x</c>, <c>prod</c>.</summary>
    public string? Branch { get; init; }

    /// <summary>The run that this one resumed.</summary>
    public string? OriginRunId { get; init; }

    /// <summary>How many tasks have ended.</summary>
    public required long Tasks { get; init; }

    /// <summary>How many of them failed for good.</summary>
    public required long FailedTasks { get; init; }

    /// <summary>The parameters as short texts, by name; absent if they were not asked for.</summary>
    public IReadOnlyDictionary<string, string>? Parameters { get; init; }
}

/// <summary>A page of runs.</summary>
internal sealed record RunPage
{
    public required IReadOnlyList<RunItem> Items { get; init; }

    /// <summary>Asks for the next page; absent on the last one.</summary>
    public string? Next { get; init; }

    /// <summary>Whether the search stopped before it had looked at all runs; <see cref="Next"/> goes on.</summary>
    public bool IsPartial { get; init; }
}

/// <summary>What a filter can be set to.</summary>
internal sealed record FilterChoices
{
    public required IReadOnlyList<string> Flows { get; init; }
    public required IReadOnlyList<string> Users { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }
}

/// <summary>A run as its page shows it.</summary>
internal sealed record RunDetail
{
    public required RunItem Run { get; init; }

    /// <summary>Why the run did not succeed.</summary>
    public string? Failure { get; init; }
    public required IReadOnlyList<string> CommandLine { get; init; }

    /// <summary>Decorators given on the command line.</summary>
    public required IReadOnlyList<string> With { get; init; }
    public required string Namespace { get; init; }
    public required IReadOnlyList<ArtifactItem> Parameters { get; init; }
    public required GraphView Graph { get; init; }
    public required RunProgress Progress { get; init; }

    /// <summary>Further facts about the run, by name.</summary>
    public required IReadOnlyDictionary<string, string> Facts { get; init; }
}

/// <summary>How far a run is: what changes while it goes on.</summary>
internal sealed record RunProgress
{
    public required string Status { get; init; }
    public double? Finished { get; init; }

    /// <summary>The user's tags, which can be changed at any time.</summary>
    public required IReadOnlyList<string> Tags { get; init; }
    public required IReadOnlyList<StepProgress> Steps { get; init; }

    /// <summary>Attempts that are being executed.</summary>
    public required IReadOnlyList<RunningTask> Running { get; init; }
}

/// <summary>How far a step of a run is.</summary>
internal sealed record StepProgress
{
    public required string Name { get; init; }

    /// <summary>
    /// <c>pending</c>, <c>running</c>, <c>succeeded</c>, <c>caught</c>, <c>failed</c>, or <c>stopped</c>: the run ended before
    /// all of its tasks did.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Tasks that have ended.</summary>
    public required long Tasks { get; init; }
    public required long Succeeded { get; init; }
    public required long Failed { get; init; }

    /// <summary>Tasks whose failure was caught.</summary>
    public required long Caught { get; init; }

    /// <summary>Attempts that failed and were followed by another.</summary>
    public required long Retried { get; init; }
    public required long Running { get; init; }

    /// <summary>How many tasks there will be; absent if that is not known.</summary>
    public long? Expected { get; init; }
    public double? FirstStarted { get; init; }
    public double? LastFinished { get; init; }
}

/// <summary>An attempt that is being executed.</summary>
internal sealed record RunningTask
{
    public required string Step { get; init; }
    public required string Id { get; init; }
    public required int Attempt { get; init; }
    public required double Started { get; init; }
    public string? Label { get; init; }
}

/// <summary>The static graph of a flow.</summary>
internal sealed record GraphView
{
    public string? Doc { get; init; }
    public required IReadOnlyList<GraphNode> Nodes { get; init; }
    public required IReadOnlyList<GraphEdge> Edges { get; init; }
}

/// <summary>A step in the graph.</summary>
internal sealed record GraphNode
{
    public required string Name { get; init; }

    /// <summary><c>start</c>, <c>linear</c>, <c>split-static</c>, <c>split-foreach</c>, <c>split-switch</c>, <c>join</c>, <c>end</c> …</summary>
    public required string Kind { get; init; }
    public string? Doc { get; init; }

    /// <summary>The decorators as written.</summary>
    public required IReadOnlyList<string> Decorators { get; init; }

    /// <summary>The steps whose splits are open around it, outermost first.</summary>
    public required IReadOnlyList<string> SplitParents { get; init; }
    public string? File { get; init; }
    public int? Line { get; init; }
}

/// <summary>A way from a step to another.</summary>
internal sealed record GraphEdge
{
    public required string From { get; init; }
    public required string To { get; init; }

    /// <summary><c>linear</c>, <c>split</c>, <c>foreach</c>, <c>parallel</c> or <c>choice</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The type of a foreach's items.</summary>
    public string? ItemType { get; init; }
}
