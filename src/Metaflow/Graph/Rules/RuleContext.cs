using System.Collections.Generic;
using System.Linq;

namespace Metaflow.Graph;

/// <summary>The flow that is checked and what has been found.</summary>
internal sealed class RuleContext(FlowGraph graph)
{
    private readonly List<GraphProblem> _problems = [];

    public FlowGraph Graph { get; } = graph;

    public IReadOnlyList<GraphProblem> Problems => _problems;

    public bool HasErrors => _problems.Any(problem => problem.Severity == ProblemSeverity.Error);

    /// <summary>The steps that this class declares. Those of base classes are checked there.</summary>
    public IEnumerable<StepNode> OwnSteps => Graph.Steps.Where(IsOwn);

    public bool IsOwn(StepNode step) => step.DeclaringType == Graph.TypeName;

    /// <summary>Adds a problem of the class.</summary>
    public void Report(Rule rule, string message) => Report(new(rule, message, Graph.Location));

    /// <summary>Adds a problem of a step, at its name or at a place inside it.</summary>
    public void Report(Rule rule, StepNode step, string message, SourceSpan place = default) => Report(
        new(rule, message, At(step, place)) { Step = step.Name });

    public void Report(GraphProblem problem) => _problems.Add(problem);

    /// <summary>
    /// A place in a step. What is wrong with an inherited step only in this flow is shown at this flow's name, since the
    /// base class is not at fault.
    /// </summary>
    public SourceSpan At(StepNode step, SourceSpan place = default) =>
        !IsOwn(step) ? Graph.Location : place.IsKnown ? place : step.Location;
}
