using System.Text;

namespace Metaflow.Graph;

/// <summary>A flow as <c>show</c> prints it: each step with its decorators, its documentation and where it leads.</summary>
internal static class GraphText
{
    private const string Indent = "    ";

    /// <summary>The text; it begins and ends with an empty line.</summary>
    public static string Render(FlowGraph graph)
    {
        var text = new StringBuilder();
        text.Append('\n').Append(graph.Doc ?? graph.Name).Append('\n');
        foreach (var step in graph.InOrder)
        {
            text.Append('\n');
            foreach (var decorator in step.Decorators)
            {
                text.Append('@').Append(decorator.Text).Append('\n');
            }

            text.Append("Step ").Append(step.Name).Append('\n');
            text.Append(Indent).Append(step.Doc ?? "?").Append('\n');
            if (step.Transitions.Count > 0)
            {
                text.Append(Indent).Append("=> ").Append(Arrows(step)).Append('\n');
            }
        }

        return text.Append('\n').ToString();
    }

    /// <summary>Where a step leads: <c>A, B</c>; <c>Rank (foreach string)</c>; <c>Train | End (switch)</c>.</summary>
    public static string Arrows(StepNode step) =>
        string.Join(" | ", step.Routes.Select(Arrow)) + (step.IsSwitch ? " (switch)" : "");

    /// <summary>What is special about a transition, in a word or two; empty for a linear one and a split.</summary>
    public static string Mark(TransitionNode transition) => transition.Kind switch
    {
        TransitionShape.ForEach => transition.ItemType is { } item ? $"foreach {item}" : "foreach",
        TransitionShape.Parallel => "parallel",
        TransitionShape.Computed => "computed",
        _ => "",
    };

    private static string Arrow(TransitionNode transition)
    {
        var targets = transition.Targets.Count > 0 ? string.Join(", ", transition.Targets) : "?";
        return Mark(transition) is { Length: > 0 } mark ? $"{targets} ({mark})" : targets;
    }
}
