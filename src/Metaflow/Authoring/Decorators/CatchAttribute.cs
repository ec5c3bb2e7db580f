namespace Metaflow;

/// <summary>
/// Lets the flow go on when the step has failed for good: retries are used up first, then the exception is stored and the
/// task counts as successful. The artifacts that the failed attempt set are lost.
/// </summary>
/// <remarks>
/// It cannot stand on a step that starts a foreach or chooses between targets. It also acts when the step's process has
/// crashed or was killed: one more attempt then does nothing but record that.
/// </remarks>
public sealed class CatchAttribute : StepDecorator
{
    /// <summary>
    /// The artifact that receives the exception, declared as <c>CaughtException?</c>. It is <see langword="null"/> when
    /// the step succeeded. Default: none.
    /// </summary>
    public string? Var { get; set; }

    /// <summary>Whether the exception is printed to the task's log. Default: <see langword="true"/>.</summary>
    public bool PrintException { get; set; } = true;

    internal override DecoratorRank Rank => DecoratorRank.Catch;

    /// <inheritdoc/>
    protected internal override async ValueTask<Transition?> InvokeAsync(StepContext step, Func<ValueTask<Transition?>> next)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(next);
        try
        {
            var transition = await next().ConfigureAwait(false);
            if (Var is { } variable)
            {
                step.Store(variable, null);
            }

            return transition;
        }
        catch (Exception exception) when (!step.IsRunEnding && !step.WillRetry(exception))
        {
            return step.Recover(exception, this);
        }
    }
}
