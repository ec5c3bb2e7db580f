namespace Metaflow;

/// <summary>
/// Calls static methods of the flow when a run has ended, in the process that scheduled it: to tell somebody, or to clean up.
/// May be repeated; hooks run one after another, those of the flow before those of its base classes.
/// </summary>
/// <remarks>
/// <para>A method takes nothing, a <see cref="RunOutcome"/>, or a <see cref="RunOutcome"/> and a
/// <see cref="CancellationToken"/>, and returns nothing or a task. The run is durable by then: what a hook does, or fails to
/// do, changes neither the run nor the exit code.</para>
/// <para>A process that is killed runs no hooks.</para>
/// </remarks>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class ExitHookAttribute : Attribute
{
    /// <summary>The method to call when the run has succeeded. Default: none.</summary>
    public string? OnSuccess { get; set; }

    /// <summary>The method to call when the run has failed, was interrupted or ran out of time. Default: none.</summary>
    public string? OnFailure { get; set; }

    /// <summary>After this time a hook's token fires, and soon after nobody waits for it any more. In seconds; default: 60.</summary>
    public double TimeoutSeconds { get; set; } = 60;
}

/// <summary>How a run has ended.</summary>
/// <param name="FlowName">The flow.</param>
/// <param name="RunId">The run's id.</param>
/// <param name="Succeeded">Whether it reached its last step.</param>
/// <param name="Failure">Why it did not; <see langword="null"/> if it did.</param>
/// <param name="Tasks">How many tasks finished.</param>
/// <param name="Elapsed">From its start to its end.</param>
public sealed record RunOutcome(string FlowName, string RunId, bool Succeeded, string? Failure, long Tasks, TimeSpan Elapsed);
