using System;
using System.Collections.Generic;
using System.Linq;

namespace Metaflow.Graph;

/// <summary>Facts about a flow class that keep it from being generated or run.</summary>
[Flags]
internal enum FlowTraits
{
    None = 0,
    Abstract = 1,
    NotPartial = 2,

    /// <summary>It is nested in a type that is not partial.</summary>
    ContainerNotPartial = 4,

    /// <summary>It, or a type around it, has type parameters.</summary>
    Generic = 8,

    /// <summary>It is visible in its file only.</summary>
    FileLocal = 16,

    /// <summary>Its constructor takes services and is not public.</summary>
    HiddenConstructor = 32,

    /// <summary>A base class comes from an assembly that was built without the generator.</summary>
    UnknownBase = 64,
}

/// <summary>
/// The static graph of a flow: what the source generator reads from the source, what the rules check, what the runtime
/// and the views use. <see cref="Parse"/> and <see cref="ToText"/> are its text form.
/// </summary>
internal sealed record FlowGraph
{
    private GraphShape? _shape;

    public required string Name { get; init; }

    /// <summary>The class with its namespace.</summary>
    public string TypeName { get; init; } = "";

    /// <summary>The summary of the class's XML documentation as plain text.</summary>
    public string? Doc { get; init; }

    /// <summary>The class's name in its declaration.</summary>
    public SourceSpan Location { get; init; }

    public FlowTraits Traits { get; init; }

    /// <summary>In declaration order, base classes first.</summary>
    public EquatableArray<StepNode> Steps { get; init; }

    public EquatableArray<ArtifactNode> Artifacts { get; init; }

    public EquatableArray<ParameterNode> Parameters { get; init; }

    /// <summary>Where the flow begins; <see langword="null"/> in a faulty graph.</summary>
    public StepNode? StartStep => Endpoints.Start(Steps);

    /// <summary>Where the flow ends; <see langword="null"/> in a faulty graph.</summary>
    public StepNode? EndStep => Endpoints.End(Steps);

    /// <summary>What follows from the steps: order, split parents, matching joins.</summary>
    // A copy made by 'with' still carries its original's shape.
    public GraphShape Shape =>
        _shape is { } shape && ReferenceEquals(shape.Graph, this) ? shape : _shape = new(this);

    /// <summary>A step by its exact name.</summary>
    /// <exception cref="KeyNotFoundException">There is no such step.</exception>
    public StepNode this[string name] =>
        Find(name) ?? throw new KeyNotFoundException($"Flow '{Name}' has no step '{name}'.");

    /// <summary>A step by its exact name, or <see langword="null"/>.</summary>
    public StepNode? Find(string name) => Shape.Find(name);

    /// <summary>The splits that are open when a step runs, outermost first: the names of the steps that opened them.</summary>
    public IReadOnlyList<string> SplitParents(string step) => Shape.SplitParents(step);

    /// <summary>The join that unites what a step splits; <see langword="null"/> if it does not split or the graph is faulty.</summary>
    public string? MatchingJoin(string step) => Shape.MatchingJoin(step);

    /// <summary>Steps ordered so that each comes after those that lead to it; unreachable ones last.</summary>
    public IReadOnlyList<StepNode> InOrder => Shape.InOrder;

    public bool Has(FlowTraits trait) => (Traits & trait) != 0;

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">The text is not a graph, or of a newer format.</exception>
    public static FlowGraph Parse(string text) => GraphReader.Read(text);

    /// <summary>Writes the text form; see docs/formats/graph.md. <paramref name="mapFile"/> shortens the paths of source files.</summary>
    public string ToText(Func<string, string>? mapFile = null) => GraphWriter.Write(this, mapFile);

    /// <summary>The same graph with the kind of each step worked out.</summary>
    public FlowGraph WithKinds()
    {
        var start = StartStep?.Name;
        var end = EndStep?.Name;
        return this with { Steps = Steps.Select(s => s with { Kind = KindOf(s, start, end) }).ToEquatableArray() };
    }

    public bool Equals(FlowGraph? other) =>
        other is not null && Name == other.Name && TypeName == other.TypeName && Doc == other.Doc
        && Location == other.Location && Traits == other.Traits && Steps.Equals(other.Steps)
        && Artifacts.Equals(other.Artifacts) && Parameters.Equals(other.Parameters);

    public override int GetHashCode() => unchecked((TypeName.GetHashCode() * 31) + Steps.GetHashCode());

    private static StepKind KindOf(StepNode step, string? start, string? end)
    {
        if (step.Name == end && step.Transitions.Count == 0)
        {
            return StepKind.End;
        }

        if (step.IsSwitch)
        {
            return StepKind.SplitSwitch;
        }

        return step.Transitions.Count == 0 ? OfPosition() : step.Transitions[0].Kind switch
        {
            TransitionShape.Split => StepKind.SplitStatic,
            TransitionShape.ForEach => StepKind.SplitForEach,
            TransitionShape.Parallel => StepKind.SplitParallel,
            _ => OfPosition(),
        };

        StepKind OfPosition() => step.IsJoin ? StepKind.Join : step.Name == start ? StepKind.Start : StepKind.Linear;
    }
}

/// <summary>Which steps begin and end a flow: the marked ones, else those named Start and End, else the only one.</summary>
internal static class Endpoints
{
    public const string StartName = "Start";
    public const string EndName = "End";

    public static StepNode? Start(EquatableArray<StepNode> steps) => Pick(steps, StepTraits.MarkedStart, StartName);

    public static StepNode? End(EquatableArray<StepNode> steps) => Pick(steps, StepTraits.MarkedEnd, EndName);

    private static StepNode? Pick(EquatableArray<StepNode> steps, StepTraits mark, string name) =>
        steps.FirstOrDefault(step => step.Has(mark))
        ?? steps.FirstOrDefault(step => step.Name == name)
        ?? (steps.Count == 1 && steps[0].IsTerminal ? steps[0] : null);
}
