namespace Metaflow.Metadata.Index;

/// <summary>What the index knows of a step of a run.</summary>
/// <param name="Name">The step's name.</param>
/// <param name="Outcomes">How many attempts ended in each way; ways that did not occur are absent.</param>
/// <param name="FirstStartedMicros">When its first attempt started, in microseconds since 1970 (UTC).</param>
/// <param name="LastFinishedMicros">When its last attempt ended, likewise.</param>
internal sealed record StepSummary(
    string Name, IReadOnlyDictionary<byte, long> Outcomes, long FirstStartedMicros, long LastFinishedMicros)
{
    /// <summary>How many attempts have ended.</summary>
    public long Attempts => Outcomes.Values.Sum();
}
