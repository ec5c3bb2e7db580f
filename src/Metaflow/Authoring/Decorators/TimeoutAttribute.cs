namespace Metaflow;

/// <summary>
/// Fails the step when it takes too long: its cancellation token fires first; if the step does not return, its process is
/// ended. The parts are summed.
/// </summary>
public sealed class TimeoutAttribute : StepDecorator
{
    // What a timer can count.
    private const double LongestSeconds = 45 * 86400.0;

    /// <summary>Seconds. Default: 0.</summary>
    public double Seconds { get; set; }

    /// <summary>Minutes. Default: 0.</summary>
    public double Minutes { get; set; }

    /// <summary>Hours. Default: 0.</summary>
    public double Hours { get; set; }

    /// <summary>How long the step may go on after its token has fired, in seconds, before its process is ended. Default: 5.</summary>
    public double GraceSeconds { get; set; } = 5;

    /// <summary>After this the process is ended.</summary>
    internal TimeSpan Limit => Total + TimeSpan.FromSeconds(GraceSeconds);

    internal TimeSpan Total => TimeSpan.FromSeconds(Seconds + (60 * Minutes) + (3600 * Hours));

    internal override DecoratorRank Rank => DecoratorRank.Timeout;

    /// <inheritdoc/>
    protected internal override async ValueTask<Transition?> InvokeAsync(StepContext step, Func<ValueTask<Transition?>> next)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(next);
        using var timer = new CancellationTokenSource(Total, step.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, step.Current.CancellationToken);
        using var scope = step.Use(either.Token);
        try
        {
            var transition = await next().ConfigureAwait(false);
            return timer.IsCancellationRequested ? throw TimedOut(step, null) : transition;
        }
        catch (OperationCanceledException cancelled) when (timer.IsCancellationRequested && !step.IsRunEnding)
        {
            throw TimedOut(step, cancelled);
        }
    }

    private TimeoutException TimedOut(StepContext step, Exception? inner) =>
        new($"Step {step.StepName} timed out after {Total.TotalSeconds:0.###} seconds.", inner);

    /// <inheritdoc/>
    protected internal override string? Validate() =>
        !(Seconds + (60 * Minutes) + (3600 * Hours) is > 0 and var total) ? "give a duration: Seconds, Minutes or Hours."
        : total > LongestSeconds ? $"the longest time is {LongestSeconds / 86400:0} days."
        : !(GraceSeconds is >= 0 and <= LongestSeconds) ? $"GraceSeconds must be from 0 to {LongestSeconds:0}, and is {GraceSeconds}."
        : null;
}
