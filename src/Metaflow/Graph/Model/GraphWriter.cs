using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Metaflow.Graph;

/// <summary>Writes the text form of a graph: one line per fact, fields separated by tabs.</summary>
internal sealed class GraphWriter
{
    public const string Magic = "metaflow-graph";
    public const int Version = 1;

    private readonly StringBuilder _text = new();
    private readonly List<string> _files = [];

    private readonly Func<string, string>? _mapFile;

    private GraphWriter(Func<string, string>? mapFile) => _mapFile = mapFile;

    /// <summary>Writes a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="mapFile">Turns the path of a source file into the one to write.</param>
    public static string Write(FlowGraph graph, Func<string, string>? mapFile = null)
    {
        var writer = new GraphWriter(mapFile);
        writer.WriteFlow(graph);
        return writer._text.ToString();
    }

    private void WriteFlow(FlowGraph graph)
    {
        _text.Append(Magic).Append(' ').Append(Version).Append('\n');
        Line("flow", graph.Name, graph.TypeName, Number((int)graph.Traits), Span(graph.Location), graph.Doc);
        foreach (var artifact in graph.Artifacts)
        {
            Line("artifact", artifact.Name, artifact.Type, Number((int)artifact.Traits), Span(artifact.Location), artifact.Unstorable);
        }

        foreach (var parameter in graph.Parameters)
        {
            Line(
                "parameter", parameter.Name, parameter.Option, parameter.Type, Number((int)parameter.Traits),
                Span(parameter.Location), parameter.Separator, parameter.DefaultFrom, parameter.Initializer);
        }

        foreach (var step in graph.Steps)
        {
            WriteStep(step);
        }
    }

    private void WriteStep(StepNode step)
    {
        Line(
            "step", step.Name, step.DeclaringType, GraphWords.Of(step.Kind), GraphWords.Of(step.Returns),
            GraphWords.Of(step.Takes), Number((int)step.Traits), Span(step.Location), step.ItemType, step.Doc);
        foreach (var decorator in step.Decorators)
        {
            var arguments = decorator.Arguments.SelectMany(argument => new[] { argument.Name, argument.Value });
            Line(["decorator", decorator.Name, decorator.Text, Span(decorator.Location), .. arguments]);
        }

        foreach (var next in step.Transitions)
        {
            Line(
                "next", GraphWords.Of(next.Kind), Names(next.Targets), Span(next.Location), next.IsDropped ? "1" : "",
                Names(next.TargetLocations.Select(Span)), next.ItemType, next.Unordered, Span(next.ItemsLocation));
        }

        WriteDataflow(step.Dataflow);
    }

    private void WriteDataflow(StepDataflow flow)
    {
        WriteUses("read", flow.Reads);
        WriteUses("branch-read", flow.BranchReads);
        WriteUses("parameter-write", flow.ParameterWrites);
        if (flow.Writes.Count > 0)
        {
            Line("writes", Names(flow.Writes));
        }

        foreach (var merge in flow.Merges)
        {
            Line("merge", merge.Includes ? "include" : "exclude", Names(merge.Names));
        }

        foreach (var input in flow.Inputs)
        {
            Line("input", input.Type, input.OfBranch ? "1" : "", Span(input.Location));
        }
    }

    private void WriteUses(string word, EquatableArray<ArtifactUse> uses)
    {
        foreach (var use in uses)
        {
            Line(word, use.Name, Span(use.Location), use.AfterMerge ? "1" : "");
        }
    }

    private void Line(params string?[] fields)
    {
        var used = fields.Length;
        while (used > 0 && string.IsNullOrEmpty(fields[used - 1]))
        {
            used--;
        }

        for (var i = 0; i < used; i++)
        {
            if (i > 0)
            {
                _text.Append('\t');
            }

            Escape(fields[i] ?? "");
        }

        _text.Append('\n');
    }

    private void Escape(string field)
    {
        foreach (var c in field)
        {
            _ = c switch
            {
                '\\' => _text.Append("\\\\"),
                '\t' => _text.Append("\\t"),
                '\n' => _text.Append("\\n"),
                '\r' => _text.Append("\\r"),
                _ => _text.Append(c),
            };
        }
    }

    private string Span(SourceSpan span)
    {
        if (!span.IsKnown)
        {
            return "";
        }

        var file = _files.IndexOf(span.File ?? "");
        if (file < 0)
        {
            // A file is named in the line before the first one that refers to it.
            file = _files.Count;
            _files.Add(span.File ?? "");
            Line("file", _mapFile is null || span.File is null ? span.File : _mapFile(span.File));
        }

        var end = span.EndLine == span.Line ? Number(span.EndColumn) : $"{Number(span.EndLine)}:{Number(span.EndColumn)}";
        return $"{Number(file)}:{Number(span.Line)}:{Number(span.Column)}:{end}";
    }

    private static string Names(IEnumerable<string> names) => string.Join(",", names);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
