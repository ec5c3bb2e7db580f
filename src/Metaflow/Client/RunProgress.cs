using Metaflow.Metadata.Index;
using Metaflow.Metadata.Live;

namespace Metaflow.Client;

/// <summary>How far a run is.</summary>
internal sealed record RunProgress
{
    public required string Flow { get; init; }

    public required long RunId { get; init; }

    /// <summary>One of <see cref="IndexStatus"/>.</summary>
    public required string Status { get; init; }

    public required string User { get; init; }

    /// <summary>The user's tags.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>Absent while the run goes on, and if it was lost.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Every step of the flow, in the order of the graph.</summary>
    public required IReadOnlyList<StepTally> Steps { get; init; }

    /// <summary>The attempts that are being executed.</summary>
    public required IReadOnlyList<RunningAttempt> Running { get; init; }

    /// <summary>How many tasks have ended.</summary>
    public long Ended => Steps.Sum(step => step.Ended);

    public string PathSpec => $"{Flow}/{ObjectPath.Text(RunId)}";
}
