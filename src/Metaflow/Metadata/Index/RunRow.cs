using Metaflow.Metadata.Records;

namespace Metaflow.Metadata.Index;

/// <summary>What the index knows of a run.</summary>
/// <param name="Flow">The flow's name.</param>
/// <param name="RunId">The run's number in its flow.</param>
/// <param name="Status">One of <see cref="IndexStatus"/>.</param>
/// <param name="User">Who started it.</param>
/// <param name="Started">
/// When it started; kept to the microsecond, in UTC. A row with the same number and another start is another run: it takes
/// the place of the one before, which is gone from the store.
/// </param>
/// <param name="Finished">When it ended; <see langword="null"/> while it runs.</param>
/// <param name="Tags">The user's tags. As a set: the index gives them in ordinal order.</param>
/// <param name="SystemTags">The tags that the system gave, likewise.</param>
/// <param name="OriginRunId">The run that this one resumes; <see langword="null"/> if none.</param>
/// <param name="Watermark">
/// Up to where the run was read, or written, when it was in this state. In what the index gives: up to where it is indexed.
/// </param>
internal sealed record RunRow(
    string Flow,
    long RunId,
    string Status,
    string User,
    DateTimeOffset Started,
    DateTimeOffset? Finished,
    IReadOnlyList<string> Tags,
    IReadOnlyList<string> SystemTags,
    string? OriginRunId,
    Watermark Watermark)
{
    /// <summary>Where this run stands in a listing, to ask for what follows it.</summary>
    public RunPosition Position => new(Started.ToUnixMicroseconds(), Flow, RunId);
}

/// <summary>The place of a run in a listing.</summary>
/// <param name="StartedMicros">When it started, in microseconds since 1970 (UTC).</param>
/// <param name="Flow">The flow's name.</param>
/// <param name="RunId">The run's number in its flow.</param>
internal readonly record struct RunPosition(long StartedMicros, string Flow, long RunId);

/// <summary>The states of a run, as they are written in the index.</summary>
internal static class IndexStatus
{
    public const string Running = "running";
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";
    public const string Interrupted = "interrupted";

    /// <summary>It has no end and nobody executes it: its process was killed.</summary>
    public const string Lost = "lost";

    /// <summary>Whether a run in this state has ended in order, so that it stays in this state.</summary>
    public static bool IsFinal(string status) => status is not (Running or Lost);
}
