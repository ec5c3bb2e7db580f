using Metaflow.Storage;

namespace Metaflow.Housekeeping;

/// <summary>Which runs are kept. A run is kept if any rule keeps it; without any rule all runs are kept.</summary>
internal sealed record RetentionRules
{
    /// <summary>The latest runs of each flow.</summary>
    public int? KeepLast { get; init; }

    /// <summary>Runs that started less than this ago.</summary>
    public TimeSpan? KeepYounger { get; init; }

    /// <summary>Runs with one of these tags.</summary>
    public IReadOnlyList<string> KeepTags { get; init; } = [];

    /// <summary>Only runs of these flows may go; empty for all.</summary>
    public IReadOnlyList<string> Flows { get; init; } = [];

    /// <summary>How long content is kept that nothing refers to.</summary>
    public TimeSpan Grace { get; init; } = GarbageCollector.Grace;

    /// <summary>Whether any run may go.</summary>
    public bool DeletesRuns => KeepLast is not null || KeepYounger is not null || KeepTags.Count > 0;
}

/// <summary>What happens to a run, and why.</summary>
/// <param name="Flow">The flow.</param>
/// <param name="RunId">The run.</param>
/// <param name="IsKept">Whether it stays.</param>
/// <param name="Reason">The rule that keeps it, or that none does.</param>
internal sealed record RunDecision(string Flow, string RunId, bool IsKept, string Reason);

/// <summary>What a garbage collection would do, or has done.</summary>
/// <param name="Runs">Each run's fate.</param>
/// <param name="Blobs">The blobs that nothing refers to any more.</param>
/// <param name="Bytes">How many bytes the blobs take on disk.</param>
/// <param name="TooYoung">How many unreferenced blobs stay because a task that runs now may be about to refer to them.</param>
/// <param name="Since">Content that was written or found again since then stays.</param>
/// <param name="Rules">What decided.</param>
internal sealed record GarbagePlan(
    IReadOnlyList<RunDecision> Runs, IReadOnlyList<ContentHash> Blobs, long Bytes, int TooYoung, DateTimeOffset Since, RetentionRules Rules);
