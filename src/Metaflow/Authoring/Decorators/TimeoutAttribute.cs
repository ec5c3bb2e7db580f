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

    /// <inheritdoc/>
    protected internal override string? Validate() =>
        Total > TimeSpan.Zero ? null : "give a duration: Seconds, Minutes or Hours.";
}
