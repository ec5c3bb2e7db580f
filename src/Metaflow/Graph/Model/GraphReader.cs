using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Metaflow.Graph;

/// <summary>
/// Reads the text form of a graph. The text may come from a store, so nothing in it is trusted: what is built is no larger
/// than the text, and whatever does not fit is a <see cref="FormatException"/>.
/// </summary>
internal sealed class GraphReader
{
    private readonly List<string> _files = [];
    private readonly List<StepNode> _steps = [];
    private readonly List<ArtifactNode> _artifacts = [];
    private readonly List<ParameterNode> _parameters = [];
    private FlowGraph? _flow;
    private StepBuilder? _step;

    /// <summary>The name of the text's format if it is a graph of another version; <see langword="null"/> otherwise.</summary>
    public static string? OtherFormat(string text)
    {
        var end = text.IndexOf('\n');
        var first = end < 0 ? text : text.Substring(0, end);
        return first.StartsWith(GraphWriter.Magic + " ", StringComparison.Ordinal) && first != $"{GraphWriter.Magic} {GraphWriter.Version}" ? first : null;
    }

    public static FlowGraph Read(string text)
    {
        var lines = text.Split('\n');
        if (lines[0] != $"{GraphWriter.Magic} {GraphWriter.Version}")
        {
            throw new FormatException(
                lines[0].StartsWith(GraphWriter.Magic + " ", StringComparison.Ordinal)
                    ? $"The graph is in the format '{lines[0]}'; this version of Metaflow reads format {GraphWriter.Version}."
                    : "The text is not a flow graph.");
        }

        var reader = new GraphReader();
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].Length == 0)
            {
                continue;
            }

            try
            {
                reader.ReadLine(new GraphFields(lines[i], reader._files));
            }
            catch (FormatException fault)
            {
                throw new FormatException($"Line {i + 1} of the flow graph: {fault.Message}", fault);
            }
        }

        return reader.Finish();
    }

    private void ReadLine(GraphFields line)
    {
        switch (line.Word)
        {
            case "file":
                _files.Add(line.Optional(1) ?? "");
                break;
            case "flow":
                _flow = new()
                {
                    Name = line.Text(1),
                    TypeName = line.Optional(2) ?? "",
                    Traits = (FlowTraits)line.Number(3),
                    Location = line.Span(4),
                    Doc = line.Optional(5),
                };
                break;
            case "artifact":
                _artifacts.Add(new(line.Text(1), line.Optional(2) ?? "")
                {
                    Traits = (ArtifactTraits)line.Number(3),
                    Location = line.Span(4),
                    Unstorable = line.Optional(5),
                });
                break;
            case "parameter":
                _parameters.Add(new(line.Text(1), line.Text(2), line.Optional(3) ?? "")
                {
                    Traits = (ParameterTraits)line.Number(4),
                    Location = line.Span(5),
                    Separator = line.Optional(6),
                    DefaultFrom = line.Optional(7),
                    Initializer = line.Optional(8),
                });
                break;
            case "step":
                FinishStep();
                _step = new(ReadStep(line));
                break;
            default:
                (_step ?? throw new FormatException($"'{line.Word}' stands before the first step.")).Add(line);
                break;
        }
    }

    private static StepNode ReadStep(GraphFields line) => new()
    {
        Name = line.Text(1),
        DeclaringType = line.Optional(2) ?? "",
        Kind = GraphWords.ToStepKind(line.Text(3)),
        Returns = GraphWords.ToReturn(line.Text(4)),
        Takes = GraphWords.ToInput(line.Text(5)),
        Traits = (StepTraits)line.Number(6),
        Location = line.Span(7),
        ItemType = line.Optional(8),
        Doc = line.Optional(9),
    };

    private FlowGraph Finish()
    {
        FinishStep();
        return (_flow ?? throw new FormatException("The flow graph has no line for the flow.")) with
        {
            Steps = _steps.ToEquatableArray(),
            Artifacts = _artifacts.ToEquatableArray(),
            Parameters = _parameters.ToEquatableArray(),
        };
    }

    private void FinishStep()
    {
        if (_step is not null)
        {
            _steps.Add(_step.Build());
            _step = null;
        }
    }

    /// <summary>The lines that belong to one step.</summary>
    private sealed class StepBuilder(StepNode step)
    {
        private readonly List<DecoratorNode> _decorators = [];
        private readonly List<TransitionNode> _transitions = [];
        private readonly List<ArtifactUse> _reads = [];
        private readonly List<ArtifactUse> _branchReads = [];
        private readonly List<ArtifactUse> _parameterWrites = [];
        private readonly List<string> _writes = [];
        private readonly List<ArtifactMergeCall> _merges = [];
        private readonly List<InputUse> _inputs = [];

        public void Add(GraphFields line)
        {
            switch (line.Word)
            {
                case "decorator":
                    _decorators.Add(ReadDecorator(line));
                    break;
                case "next":
                    _transitions.Add(ReadTransition(line));
                    break;
                case "read":
                    _reads.Add(ReadUse(line));
                    break;
                case "branch-read":
                    _branchReads.Add(ReadUse(line));
                    break;
                case "parameter-write":
                    _parameterWrites.Add(ReadUse(line));
                    break;
                case "writes":
                    _writes.AddRange(line.List(1));
                    break;
                case "merge":
                    _merges.Add(new(line.Text(1) == "include", line.List(2).ToEquatableArray()));
                    break;
                case "input":
                    _inputs.Add(new(line.Text(1), line.Optional(2) is not null, line.Span(3)));
                    break;
                default:
                    throw new FormatException($"'{line.Word}' is not known.");
            }
        }

        public StepNode Build() => step with
        {
            Decorators = _decorators.ToEquatableArray(),
            Transitions = _transitions.ToEquatableArray(),
            Dataflow = new()
            {
                Reads = _reads.ToEquatableArray(),
                BranchReads = _branchReads.ToEquatableArray(),
                ParameterWrites = _parameterWrites.ToEquatableArray(),
                Writes = _writes.ToEquatableArray(),
                Merges = _merges.ToEquatableArray(),
                Inputs = _inputs.ToEquatableArray(),
            },
        };

        private static ArtifactUse ReadUse(GraphFields line) => new(line.Text(1), line.Span(2), line.Optional(3) is not null);

        private static DecoratorNode ReadDecorator(GraphFields line)
        {
            var arguments = new List<DecoratorArgument>();
            for (var i = 4; i < line.Count; i += 2)
            {
                arguments.Add(new(line.Text(i), line.Optional(i + 1) ?? ""));
            }

            return new(line.Text(1), line.Text(2)) { Location = line.Span(3), Arguments = arguments.ToEquatableArray() };
        }

        private static TransitionNode ReadTransition(GraphFields line) =>
            new(GraphWords.ToShape(line.Text(1)), line.List(2).ToEquatableArray())
            {
                Location = line.Span(3),
                IsDropped = line.Optional(4) is not null,
                TargetLocations = line.Spans(5).ToEquatableArray(),
                ItemType = line.Optional(6),
                Unordered = line.Optional(7),
                ItemsLocation = line.Span(8),
            };
    }
}
