using Metaflow.Graph;

namespace Metaflow.Cli.Output;

/// <summary>What came of checking a flow, in one line.</summary>
internal static class CheckVerdict
{
    /// <summary>Whether the flow can run; warnings do not keep it from running.</summary>
    public static bool IsSound(IReadOnlyList<GraphProblem> problems) =>
        problems.All(problem => problem.Severity != ProblemSeverity.Error);

    public static string Of(FlowGraph graph, IReadOnlyList<GraphProblem> problems)
    {
        var errors = problems.Count(problem => problem.Severity == ProblemSeverity.Error);
        var warnings = problems.Count - errors;
        return problems.Count == 0
            ? $"The graph of {graph.Name} looks good: {Count(graph.Steps.Count, "step")}."
            : $"{graph.Name} has {string.Join(" and ", Parts(errors, warnings))}.";
    }

    private static IEnumerable<string> Parts(int errors, int warnings)
    {
        if (errors > 0)
        {
            yield return Count(errors, "error");
        }

        if (warnings > 0)
        {
            yield return Count(warnings, "warning");
        }
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
