namespace Metaflow;

/// <summary>Runs a failed step again. Each attempt starts from the artifacts that the step was given.</summary>
/// <remarks>
/// The wait before retry n (0 for the first) is
/// <c>min(MaxDelaySeconds, DelaySeconds × BackoffFactorⁿ) × (1 − Jitter × u)</c>, where <c>u</c> is random and uniform in
/// [0, 1): exponential back-off with jitter, so that many tasks that failed together do not come back together. Other tasks
/// run meanwhile.
/// </remarks>
public sealed class RetryAttribute : StepDecorator
{
    /// <summary>The most retries that are allowed, as in the reference.</summary>
    public const int MaximumTimes = 4;

    /// <summary>How many times a failed attempt is repeated, from 0 to 4. Default: 3.</summary>
    public int Times { get; set; } = 3;

    /// <summary>How long to wait before the first retry, in seconds. Default: 0.</summary>
    public double DelaySeconds { get; set; }

    /// <summary>What each further wait is multiplied by, at least 1. Default: 1, which makes all waits the same.</summary>
    public double BackoffFactor { get; set; } = 1;

    /// <summary>The longest wait, in seconds. Default: 3600.</summary>
    public double MaxDelaySeconds { get; set; } = 3600;

    /// <summary>The part of each wait that is left to chance, from 0 to 1. Default: 0.</summary>
    public double Jitter { get; set; }

    /// <summary>
    /// The exceptions that are worth another attempt, with those derived from them. If given, nothing else is retried, also
    /// not a crash of the step's process. Default: none given; every failure is retried.
    /// </summary>
    public Type[] On { get; set; } = [];

    /// <inheritdoc/>
    protected internal override TimeSpan? RetryAfter(FailedAttempt attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        if (attempt.Attempt >= Times || (On.Length > 0 && !Array.Exists(On, type => type.IsInstanceOfType(attempt.Exception))))
        {
            return null;
        }

        var seconds = Math.Min(MaxDelaySeconds, DelaySeconds * Math.Pow(BackoffFactor, attempt.Attempt));
        return TimeSpan.FromSeconds(seconds * (1 - (Jitter * attempt.Random)));
    }

    /// <inheritdoc/>
    protected internal override string? Validate() =>
        Times is < 0 or > MaximumTimes ? $"Times must be from 0 to {MaximumTimes}, not {Times}."
        : !IsDuration(DelaySeconds) ? $"DelaySeconds must not be negative, and is {DelaySeconds}."
        : !IsDuration(MaxDelaySeconds) ? $"MaxDelaySeconds must not be negative, and is {MaxDelaySeconds}."
        : !(BackoffFactor is >= 1 and <= 1000) ? $"BackoffFactor must be from 1 to 1000, not {BackoffFactor}."
        : !(Jitter is >= 0 and <= 1) ? $"Jitter must be from 0 to 1, not {Jitter}."
        : Array.Find(On, type => !type.IsAssignableTo(typeof(Exception))) is { } wrong ? $"On names {wrong.Name}, which is no exception."
        : null;

    // A year is more than anybody waits, and far less than what a timer can hold.
    private static bool IsDuration(double seconds) => seconds is >= 0 and <= 365 * 86400.0;
}
