namespace Metaflow;

/// <summary>Runs a failed step again. Each attempt starts from the artifacts that the step was given.</summary>
public sealed class RetryAttribute : StepDecorator
{
    /// <summary>The most retries that are allowed, as in the reference.</summary>
    public const int MaximumTimes = 4;

    /// <summary>How many times a failed attempt is repeated, from 0 to 4. Default: 3.</summary>
    public int Times { get; set; } = 3;

    /// <summary>How long to wait before each retry, in seconds. Default: 0.</summary>
    public double DelaySeconds { get; set; }

    /// <inheritdoc/>
    protected internal override string? Validate() =>
        Times is < 0 or > MaximumTimes ? $"Times must be from 0 to {MaximumTimes}, not {Times}."
        : DelaySeconds < 0 || !double.IsFinite(DelaySeconds) ? $"DelaySeconds must not be negative, and is {DelaySeconds}."
        : null;
}
