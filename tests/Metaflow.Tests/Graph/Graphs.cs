using Metaflow.Graph;

namespace Metaflow.Tests.Graph;

/// <summary>Builds graphs for tests by hand.</summary>
internal static class Graphs
{
    public static FlowGraph Flow(params StepNode[] steps) =>
        new FlowGraph { Name = "F", TypeName = "F", Steps = steps.ToEquatableArray() }.WithKinds();

    public static StepNode End(string name = "End") => new() { Name = name, DeclaringType = "F", Returns = StepReturn.Nothing };

    /// <summary>A step; a transition is written as in C#: <c>A</c>, <c>A, B</c> or <c>foreach A</c>.</summary>
    public static StepNode Step(string name, params string[] transitions) => new()
    {
        Name = name,
        DeclaringType = "F",
        Transitions = transitions.Select(Transition).ToEquatableArray(),
    };

    public static StepNode Join(string name, params string[] transitions) =>
        Step(name, transitions) with { Takes = StepInput.Join };

    private static TransitionNode Transition(string text)
    {
        const string ForEach = "foreach ";
        if (text.StartsWith(ForEach, StringComparison.Ordinal))
        {
            return new(TransitionShape.ForEach, [text[ForEach.Length..]]) { ItemType = "int" };
        }

        var targets = text.Split(", ");
        return new(targets.Length > 1 ? TransitionShape.Split : TransitionShape.Linear, targets.ToEquatableArray());
    }
}
