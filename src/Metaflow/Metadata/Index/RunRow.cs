namespace Metaflow.Metadata.Index;

/// <summary>What the index knows of a run.</summary>
/// <param name="Flow">The flow's name.</param>
/// <param name="RunId">The run's number in its flow.</param>
/// <param name="Status">One of <see cref="IndexStatus"/>.</param>
/// <param name="User">Who started it.</param>
/// <param name="Started">When it started; kept to the microsecond, in UTC.</param>
/// <param name="Finished">When it ended; <see langword="null"/> while it runs.</param>
/// <param name="Tags">The user's tags. As a set: the index gives them in ordinal order.</param>
/// <param name="SystemTags">The tags that the system gave, likewise.</param>
/// <param name="OriginRunId">The run that this one resumes; <see langword="null"/> if none.</param>
/// <param name="Watermark">
/// The row tells the state of the run at this address, and every attempt recorded up to and including it is indexed.
/// 0 says that nothing is.
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
    ulong Watermark)
{
    /// <summary>Where this run stands in a listing, to ask for what follows it.</summary>
    public RunPosition Position => new(Micros.Of(Started), Flow, RunId);
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
}

/// <summary>Points in time as the index keeps them.</summary>
internal static class Micros
{
    /// <summary>Microseconds since 1970 (UTC); what is finer is cut off.</summary>
    public static long Of(DateTimeOffset time) =>
        (long)Math.Floor((decimal)(time.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);

    /// <summary>The point in time; the nearest that can be told if the number is out of range.</summary>
    public static DateTimeOffset ToTime(long micros)
    {
        const long Lowest = -62_135_596_800_000_000;
        const long Highest = 253_402_300_799_999_999;
        return DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(micros, Lowest, Highest) * TimeSpan.TicksPerMicrosecond);
    }
}
