namespace Metaflow;

/// <summary>
/// Base of the attributes that change how a step runs. Derive from it to write your own: override
/// <see cref="InvokeAsync"/> to act before, around or after the step, or instead of it.
/// </summary>
/// <remarks>
/// Decorators nest in the order in which they are written: the first one is the outermost. From the command line,
/// <c>--with name:property=value,…</c> attaches a decorator to every step that does not have it; the name is the
/// class's name without <c>Attribute</c>, in kebab case.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public abstract class StepDecorator : Attribute
{
    /// <summary>The name used by <c>--with</c> and shown by <c>show</c>.</summary>
    public virtual string DecoratorName => Naming.ToKebabCase(Naming.TrimSuffix(GetType().Name, nameof(Attribute)));

    /// <summary>Runs inside the task, around the step's body.</summary>
    /// <param name="flow">The flow object: its artifacts, parameters and <see cref="FlowSpec.Current"/>.</param>
    /// <param name="next">Runs the inner decorators and the step; call it once, or not at all to skip the step.</param>
    /// <returns>The transition; <see langword="null"/> for the last step of the flow.</returns>
    protected internal virtual ValueTask<Transition?> InvokeAsync(FlowSpec flow, Func<ValueTask<Transition?>> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return next();
    }

    /// <summary>Says what is wrong with the decorator's settings.</summary>
    /// <returns>A sentence, or <see langword="null"/> if all is well.</returns>
    protected internal virtual string? Validate() => null;
}
