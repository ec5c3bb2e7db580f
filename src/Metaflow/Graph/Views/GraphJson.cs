using System.Text.Json;

namespace Metaflow.Graph;

/// <summary>A flow as JSON for <c>show --json</c>; see docs/graph.md.</summary>
internal static class GraphJson
{
    /// <summary>Writes the graph's members into the object that is open, so that others can be added.</summary>
    public static void WriteMembers(Utf8JsonWriter json, FlowGraph graph)
    {
        json.WriteString("flow", graph.Name);
        json.WriteString("type", graph.TypeName);
        json.WriteString("doc", graph.Doc);
        WriteLocation(json, graph.Location);
        json.WriteString("startStep", graph.StartStep?.Name);
        json.WriteString("endStep", graph.EndStep?.Name);
        json.WriteStartArray("steps");
        foreach (var step in graph.InOrder)
        {
            WriteStep(json, graph, step);
        }

        json.WriteEndArray();
        json.WriteStartArray("artifacts");
        foreach (var artifact in graph.Artifacts)
        {
            json.WriteStartObject();
            json.WriteString("name", artifact.Name);
            json.WriteString("type", artifact.Type);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteStep(Utf8JsonWriter json, FlowGraph graph, StepNode step)
    {
        json.WriteStartObject();
        json.WriteString("name", step.Name);
        json.WriteString("kind", GraphWords.Of(step.Kind));
        json.WriteBoolean("isJoin", step.IsJoin);
        json.WriteString("doc", step.Doc);
        WriteLocation(json, step.Location);
        json.WriteString("itemType", step.ItemType);
        json.WriteStartArray("decorators");
        foreach (var decorator in step.Decorators)
        {
            WriteDecorator(json, decorator);
        }

        json.WriteEndArray();
        json.WriteStartArray("transitions");
        foreach (var transition in step.Routes)
        {
            json.WriteStartObject();
            json.WriteString("kind", GraphWords.Of(transition.Kind));
            WriteNames(json, "targets", transition.Targets);
            json.WriteString("itemType", transition.ItemType);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("matchingJoin", graph.MatchingJoin(step.Name));
        WriteNames(json, "splitParents", graph.SplitParents(step.Name));
        WriteNames(json, "reads", step.Dataflow.Reads.Concat(step.Dataflow.BranchReads).Select(use => use.Name).Distinct());
        WriteNames(json, "writes", step.Dataflow.Writes);
        json.WriteEndObject();
    }

    private static void WriteDecorator(Utf8JsonWriter json, DecoratorNode decorator)
    {
        json.WriteStartObject();
        json.WriteString("name", decorator.Name);
        json.WriteString("text", decorator.Text);
        json.WriteStartObject("arguments");
        foreach (var argument in decorator.Arguments)
        {
            json.WriteString(argument.Name, argument.Value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteLocation(Utf8JsonWriter json, SourceSpan location)
    {
        if (location.IsKnown)
        {
            json.WriteString("file", location.File);
            json.WriteNumber("line", location.Line);
            json.WriteNumber("column", location.Column);
        }
    }

    private static void WriteNames(Utf8JsonWriter json, string property, IEnumerable<string> names)
    {
        json.WriteStartArray(property);
        foreach (var name in names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }
}
