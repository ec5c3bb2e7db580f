namespace Metaflow.Client;

/// <summary>How a step of a run stands.</summary>
internal enum StepState
{
    Waiting,
    Running,
    Done,

    /// <summary>Done, but failures had to be caught.</summary>
    Caught,
    Failed,

    /// <summary>The run ended before all of its tasks did.</summary>
    Stopped,
}

/// <summary>
/// How far a step of a run is. Whatever shows runs while they go on, in the terminal or in the browser, shows this; a run's
/// own display counts it from what happens, the others read it from the store.
/// </summary>
internal sealed record StepTally
{
    public required string Name { get; init; }

    /// <summary>Whether an attempt has started.</summary>
    public bool HasStarted { get; init; }

    public long Succeeded { get; init; }

    public long Failed { get; init; }

    /// <summary>Tasks whose failure was caught.</summary>
    public long Caught { get; init; }

    /// <summary>Attempts that failed and were followed by another.</summary>
    public long Retried { get; init; }

    public long Running { get; init; }

    /// <summary>How many tasks there will be; <see langword="null"/> if that is not known.</summary>
    public long? Expected { get; init; }

    /// <summary>When the first attempt that has ended started, in microseconds since 1970 (UTC).</summary>
    public long? FirstStartedMicros { get; init; }

    /// <summary>When the last attempt ended, likewise.</summary>
    public long? LastFinishedMicros { get; init; }

    /// <summary>Whether the run has ended without success, so that nothing will follow.</summary>
    public bool IsCutShort { get; init; }

    /// <summary>Whether the run has ended.</summary>
    public bool IsOver { get; init; }

    /// <summary>How many tasks have ended.</summary>
    public long Ended => Succeeded + Failed + Caught;

    /// <summary>Whether tasks are being executed, or are known to come.</summary>
    public bool IsOpen => Running > 0 || (HasStarted && Ended < Expected);

    public StepState State =>
        Failed > 0 ? StepState.Failed
        : IsOpen && !IsOver ? StepState.Running
        : IsOpen && IsCutShort ? StepState.Stopped
        : Ended == 0 ? StepState.Waiting
        : Caught > 0 ? StepState.Caught
        : StepState.Done;
}
