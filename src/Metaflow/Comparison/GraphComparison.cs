using Metaflow.Client;
using Metaflow.Graph;

namespace Metaflow.Comparison;

/// <summary>Compares the graphs of flows: steps, where they lead, their decorators, and what is declared.</summary>
internal static class GraphComparison
{
    private const double Relevance = 0.85;
    private const double DeclarationRelevance = 0.6;

    public static IEnumerable<RunDifference> Of(RunReference first, RunReference second)
    {
        var (one, other) = (first.Stored.Graph, second.Stored.Graph);
        var flows = first.FlowName == second.FlowName ? [] : new[] { Change("flow", first.FlowName, second.FlowName, Relevance) };
        return
        [
            .. flows,
            .. Both(one.InOrder, other.InOrder, step => step.Name, "", Steps, step => $"a step, {GraphText.Arrows(step)}".TrimEnd(' ', ','), Relevance),
            .. Both(
                one.Artifacts, other.Artifacts, artifact => artifact.Name, "artifact ",
                (artifact, changed) => Differing($"artifact {artifact.Name}", artifact.Type, changed.Type, DeclarationRelevance),
                artifact => artifact.Type, DeclarationRelevance),
            .. Both(
                one.Parameters, other.Parameters, parameter => parameter.Name, "parameter ", Parameters, Declaration, DeclarationRelevance),
        ];
    }

    private static IEnumerable<RunDifference> Steps(StepNode first, StepNode second) =>
    [
        .. Differing($"{first.Name} leads to", GraphText.Arrows(first), GraphText.Arrows(second), Relevance),
        .. Differing($"{first.Name} decorators", Decorators(first), Decorators(second), Relevance),
        .. Differing($"{first.Name} item", first.ItemType ?? "", second.ItemType ?? "", DeclarationRelevance),
    ];

    private static IEnumerable<RunDifference> Parameters(ParameterNode first, ParameterNode second) =>
        Differing($"parameter {first.Name}", Declaration(first), Declaration(second), DeclarationRelevance);

    private static string Declaration(ParameterNode parameter) =>
        parameter.Initializer is { } value ? $"{parameter.Type} = {value}" : parameter.Type;

    private static string Decorators(StepNode step) => string.Join(", ", step.Decorators.Select(decorator => decorator.Text));

    private static IEnumerable<RunDifference> Differing(string subject, string first, string second, double relevance) =>
        first == second ? [] : [Change(subject, first.Length == 0 ? null : first, second.Length == 0 ? null : second, relevance)];

    private static IEnumerable<RunDifference> Both<T>(
        IEnumerable<T> first, IEnumerable<T> second, Func<T, string> name, string kind, Func<T, T, IEnumerable<RunDifference>> compare,
        Func<T, string> describe, double relevance)
    {
        // Damaged or overloaded graphs may have a name twice.
        var others = second.DistinctBy(name).ToDictionary(name, StringComparer.Ordinal);
        foreach (var one in first.DistinctBy(name))
        {
            if (!others.Remove(name(one), out var other))
            {
                yield return Change(kind + name(one), describe(one), null, relevance);
                continue;
            }

            foreach (var difference in compare(one, other))
            {
                yield return difference;
            }
        }

        foreach (var other in others.Values)
        {
            yield return Change(kind + name(other), null, describe(other), relevance);
        }
    }

    private static RunDifference Change(string subject, string? first, string? second, double relevance) =>
        FactComparison.Fact(DifferenceKind.Graph, subject, first, second, relevance);
}
