using System.Runtime.ExceptionServices;

namespace Metaflow;

/// <summary>
/// Base of the attributes that change how a step runs, those of Metaflow as well as your own. Override what you need:
/// <see cref="OnBeforeAsync"/>, <see cref="OnAfterAsync"/>, <see cref="OnExceptionAsync"/> and <see cref="OnSkipAsync"/> for
/// the moments, or <see cref="InvokeAsync"/> for everything around the step at once; <see cref="RetryAfter"/> to have a
/// failed step run again.
/// </summary>
/// <remarks>
/// <para>Decorators nest in the order in which they are written: the first one is the outermost. Those of Metaflow stand
/// outside of all others: <see cref="CatchAttribute"/>, then <see cref="TimeoutAttribute"/>, then
/// <see cref="EnvironmentAttribute"/>. From the command line,
/// <c>--with name:property=value,…</c> attaches a decorator to every step that does not have it; the name is the
/// class's name without <c>Attribute</c>, in kebab case.</para>
/// <para>One object serves all attempts of a step that run in one process, several of them at the same time with
/// <c>--isolation none</c>: keep what belongs to one attempt in local variables of <see cref="InvokeAsync"/>.</para>
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public abstract class StepDecorator : Attribute
{
    /// <summary>The name used by <c>--with</c> and shown by <c>show</c>.</summary>
    public virtual string DecoratorName => Naming.ToKebabCase(Naming.TrimSuffix(GetType().Name, nameof(Attribute)));

    /// <summary>How far outside a decorator stands, whatever the order in which they are written.</summary>
    internal virtual DecoratorRank Rank => DecoratorRank.Inner;

    /// <summary>
    /// Runs inside the task, around the step's body. Unless overridden it calls the other methods at their moments.
    /// </summary>
    /// <param name="step">The attempt.</param>
    /// <param name="next">Runs the inner decorators and the step; call it once, or not at all to replace the step.</param>
    /// <returns>The transition; <see langword="null"/> for the last step of the flow.</returns>
    protected internal virtual async ValueTask<Transition?> InvokeAsync(StepContext step, Func<ValueTask<Transition?>> next)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(next);
        Transition? transition;
        try
        {
            await OnBeforeAsync(step).ConfigureAwait(false);
            transition = step.IsSkipped ? step.DefaultTransition() : await next().ConfigureAwait(false);
        }
        catch (Exception exception) when (!step.IsRunEnding)
        {
            return await OnExceptionAsync(step, exception).ConfigureAwait(false);
        }

        if (step.IsSkipped)
        {
            await OnSkipAsync(step).ConfigureAwait(false);
        }
        else
        {
            await OnAfterAsync(step, transition).ConfigureAwait(false);
        }

        return transition;
    }

    /// <summary>Before the step. <see cref="StepContext.Skip"/> keeps the body, and the decorators further inside, from running.</summary>
    /// <param name="step">The attempt.</param>
    protected internal virtual ValueTask OnBeforeAsync(StepContext step) => ValueTask.CompletedTask;

    /// <summary>After the step has succeeded.</summary>
    /// <param name="step">The attempt; artifacts can still be set.</param>
    /// <param name="transition">Where the flow goes; <see langword="null"/> after the last step.</param>
    protected internal virtual ValueTask OnAfterAsync(StepContext step, Transition? transition) => ValueTask.CompletedTask;

    /// <summary>
    /// After the step, or a decorator further inside, has thrown. The exception goes on its way unless this returns.
    /// Not called when the run itself is ending.
    /// </summary>
    /// <param name="step">The attempt.</param>
    /// <param name="exception">What was thrown.</param>
    /// <returns>Where the flow goes on as if the step had succeeded, such as <see cref="StepContext.DefaultTransition"/>.</returns>
    protected internal virtual ValueTask<Transition?> OnExceptionAsync(StepContext step, Exception exception)
    {
        ExceptionDispatchInfo.Throw(exception);
        return default;
    }

    /// <summary>Instead of <see cref="OnAfterAsync"/> when this decorator, or one further inside, has skipped the step.</summary>
    /// <param name="step">The attempt; <see cref="StepContext.SkipReason"/> says why.</param>
    protected internal virtual ValueTask OnSkipAsync(StepContext step) => ValueTask.CompletedTask;

    /// <summary>
    /// Says whether a failed attempt is followed by another one. It is asked where the step has failed or, if the step's
    /// process has ended, by the scheduler; the longest wait of a step's decorators holds. A step has at most
    /// <see cref="RetryAttribute.MaximumTimes"/> retries.
    /// </summary>
    /// <param name="attempt">The attempt that failed.</param>
    /// <returns>How long to wait before the next attempt; <see langword="null"/> for none.</returns>
    protected internal virtual TimeSpan? RetryAfter(FailedAttempt attempt) => null;

    /// <summary>Says what is wrong with the decorator's settings.</summary>
    /// <returns>A sentence, or <see langword="null"/> if all is well.</returns>
    protected internal virtual string? Validate() => null;
}

/// <summary>Where a decorator stands among those of its step; the lowest is the outermost.</summary>
internal enum DecoratorRank
{
    /// <summary>Sees every failure, a timeout too.</summary>
    Catch,

    /// <summary>Measures the whole step.</summary>
    Timeout,

    /// <summary>Prepares what the others may need.</summary>
    Environment,

    /// <summary>All others, in the order in which they are written.</summary>
    Inner,
}
