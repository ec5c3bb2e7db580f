using Metaflow.Definitions;

namespace Metaflow.Runtime.Tasks;

/// <summary>Which decorators a step has in a run.</summary>
internal static class StepDecorators
{
    /// <summary>Those written in the code, and those of <paramref name="with"/> that the code does not have.</summary>
    public static StepDecorator[] Of(FlowDefinition flow, StepDefinition step, IReadOnlyList<string> with)
    {
        var written = step.Decorators();
        var attached = with.Select(spec => DecoratorSpec.Parse(spec, flow)).Where(added => !written.Any(own => own.GetType() == added.GetType()));
        return [.. written, .. attached];
    }

    /// <summary>The decorator of a kind, if the step has it.</summary>
    public static T? Find<T>(this StepDecorator[] decorators)
        where T : StepDecorator => (T?)Array.Find(decorators, decorator => decorator is T);
}
