namespace Metaflow;

/// <summary>
/// Fails the step when it takes too long: its cancellation token fires first; if the step does not return, its process is
/// ended. The parts are summed.
/// </summary>
public sealed class TimeoutAttribute : StepDecorator
{
    /// <summary>Seconds. Default: 0.</summary>
    public double Seconds { get; set; }

    /// <summary>Minutes. Default: 0.</summary>
    public double Minutes { get; set; }

    /// <summary>Hours. Default: 0.</summary>
    public double Hours { get; set; }

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
        Total > TimeSpan.Zero ? null : "give a duration: Seconds, Minutes or Hours.";
}
