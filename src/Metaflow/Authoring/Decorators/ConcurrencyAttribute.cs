namespace Metaflow;

/// <summary>Limits how many tasks of the step run side by side, as for a database or a service that bears only so many.</summary>
public sealed class ConcurrencyAttribute : StepDecorator
{
    /// <summary>The most tasks of the step at once, at least 1. Default: 1.</summary>
    public int Max { get; set; } = 1;

    /// <inheritdoc/>
    protected internal override string? Validate() => Max < 1 ? $"Max must be at least 1, and is {Max}." : null;
}
