using System.Text;

namespace Metaflow.Graph;

/// <summary>A flow as a Graphviz digraph: <c>output-dot | dot -Tsvg</c>.</summary>
internal static class GraphDot
{
    public static string Render(FlowGraph graph)
    {
        var text = new StringBuilder();
        text.Append("digraph ").Append(Quote(graph.Name)).Append(" {\n");
        text.Append("  rankdir=LR;\n");
        text.Append("  node [shape=record, fontname=\"Helvetica\", fontsize=12];\n");
        text.Append("  edge [fontname=\"Helvetica\", fontsize=10];\n");
        foreach (var step in graph.InOrder)
        {
            AppendNode(text, step);
        }

        foreach (var step in graph.InOrder)
        {
            foreach (var transition in step.Routes)
            {
                AppendEdges(text, step, transition);
            }
        }

        return text.Append("}\n").ToString();
    }

    private static void AppendNode(StringBuilder text, StepNode step)
    {
        var decorators = step.Decorators.Select(decorator => "@" + decorator.Text);
        text.Append("  ").Append(Quote(step.Name)).Append(" [label=");
        text.Append(step.IsSwitch
            ? Quote(string.Join("\n", decorators.Prepend(step.Name)))
            : Quote($"{{{string.Join("|", decorators.Prepend(step.Name).Select(EscapeRecord))}}}"));
        if (step.IsSwitch)
        {
            text.Append(", shape=hexagon, style=filled, fillcolor=\"lightgreen\"");
        }

        if (step.Doc is { } doc)
        {
            text.Append(", tooltip=").Append(Quote(doc));
        }

        text.Append("];\n");
    }

    private static void AppendEdges(StringBuilder text, StepNode step, TransitionNode transition)
    {
        var label = GraphText.Mark(transition) is { Length: > 0 } mark ? mark : step.IsSwitch ? "switch" : "";
        foreach (var target in transition.Targets)
        {
            text.Append("  ").Append(Quote(step.Name)).Append(" -> ").Append(Quote(target));
            var attributes = new List<string>();
            if (label.Length > 0)
            {
                attributes.Add($"label={Quote(label)}");
            }

            if (step.IsSwitch)
            {
                attributes.Add("color=blue, fontcolor=blue");
            }

            text.Append(attributes.Count > 0 ? $" [{string.Join(", ", attributes)}]" : "").Append(";\n");
        }
    }

    /// <summary>A record's label gives meaning to these characters.</summary>
    private static string EscapeRecord(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is '{' or '}' or '|' or '<' or '>' or '\\')
            {
                escaped.Append('\\');
            }

            escaped.Append(c);
        }

        return escaped.ToString();
    }

    // A backslash is left alone: what comes here has its own meaning for it.
    private static string Quote(string text) =>
        "\"" + text.Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "\"";
}
