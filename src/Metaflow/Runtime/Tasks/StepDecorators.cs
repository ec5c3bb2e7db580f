using Metaflow.Definitions;

namespace Metaflow.Runtime.Tasks;

/// <summary>Which decorators a step has in a run.</summary>
internal static class StepDecorators
{
    /// <summary>Those written in the code, and those of <paramref name="with"/> that the code does not have; the outermost first.</summary>
    public static StepDecorator[] Of(FlowDefinition flow, StepDefinition step, IReadOnlyList<string> with)
    {
        var written = step.Decorators();
        var attached = with.Select(spec => DecoratorSpec.Parse(spec, flow)).Where(added => !written.Any(own => own.GetType() == added.GetType()));
        return [.. written.Concat(attached).OrderBy(decorator => decorator.Rank)];
    }

    /// <summary>How long to wait before the attempt that follows a failed one; <see langword="null"/> if none follows.</summary>
    public static TimeSpan? RetryAfter(this StepDecorator[] decorators, FailedAttempt attempt)
    {
        TimeSpan? longest = null;
        foreach (var decorator in decorators)
        {
            if (attempt.Attempt < RetryAttribute.MaximumTimes && decorator.RetryAfter(attempt) is { } delay && !(delay <= longest))
            {
                longest = delay < TimeSpan.Zero ? TimeSpan.Zero : delay;
            }
        }

        return longest;
    }

    /// <summary>The decorator of a kind, if the step has it.</summary>
    public static T? Find<T>(this StepDecorator[] decorators)
        where T : StepDecorator => (T?)Array.Find(decorators, decorator => decorator is T);
}
