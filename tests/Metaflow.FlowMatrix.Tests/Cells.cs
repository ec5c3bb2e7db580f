using System.Globalization;
using Metaflow.Definitions;
using Metaflow.FlowMatrix.Running;
using Metaflow.Graph;
using Metaflow.Runtime;

namespace Metaflow.FlowMatrix;

/// <summary>The cells of the matrix: which shapes a behaviour runs in, and how a cell is run.</summary>
internal static class Cells
{
    public static TheoryData<string, string> All => Where(_ => true);

    public static TheoryData<string, string> WithJoins => Where(HasJoin);

    /// <summary>Shapes without a step on which <see cref="CatchAttribute"/> cannot stand.</summary>
    public static TheoryData<string, string> Catchable => Where(variant => Graph(variant).Steps.All(IsCatchable));

    /// <summary>Shapes with a foreach over the items that the behaviour chooses.</summary>
    public static TheoryData<string, string> WithItems =>
        Where(variant => variant.Tasks.Contains('N', StringComparison.Ordinal) || variant.Name.StartsWith("SwitchInForEach", StringComparison.Ordinal));

    public static TheoryData<string, string, string> EachStep
    {
        get
        {
            var cells = new TheoryData<string, string, string>();
            foreach (var variant in ShapeVariant.All)
            {
                foreach (var step in variant.Counts().Keys)
                {
                    cells.Add(variant.Name, variant.Case, step);
                }
            }

            return cells;
        }
    }

    /// <summary>Runs a behaviour in a shape, in this process.</summary>
    public static Task<InProcessRun> RunAsync(
        ShapeVariant variant, string behaviour, int? rounds = null, string? failAt = null, params string[] with)
    {
        List<(string, string)> parameters = [("Behaviour", behaviour), ("Case", variant.Case)];
        if (rounds is { } times)
        {
            parameters.Add(("Rounds", times.ToString(CultureInfo.InvariantCulture)));
        }

        if (failAt is not null)
        {
            parameters.Add(("FailAt", failAt));
        }

        return InProcessRun.StartAsync(variant.Flow, [.. parameters], request => request with { With = with });
    }

    /// <summary>Runs a behaviour in a shape, in this process, and checks what it left.</summary>
    public static async Task CheckAsync(string shape, string @case, string behaviour, int? rounds = null, params string[] with)
    {
        var variant = ShapeVariant.Of(shape, @case);
        using var run = await RunAsync(variant, behaviour, rounds, with: with);
        BehaviourChecks.Check(behaviour, run.ExpectSuccess(), variant);
    }

    public static bool HasJoin(ShapeVariant variant) => variant.Tasks.Contains("Join", StringComparison.Ordinal);

    private static bool IsCatchable(StepNode step) =>
        step.Transitions.Count == 0 || (step.Transitions.Count == 1 && step.Transitions[0].Kind is TransitionShape.Linear or TransitionShape.Split);

    private static FlowGraph Graph(ShapeVariant variant) => FlowGraph.Parse(FlowRegistry.Get(variant.Flow).Graph);

    private static TheoryData<string, string> Where(Func<ShapeVariant, bool> filter)
    {
        var cells = new TheoryData<string, string>();
        foreach (var variant in ShapeVariant.All.Where(filter))
        {
            cells.Add(variant.Name, variant.Case);
        }

        return cells;
    }

    /// <summary>Fails with what the run itself has said.</summary>
    public static StoredRun ExpectSuccess(this InProcessRun run)
    {
        Assert.True(run.Result.Status == RunStatus.Succeeded, $"{run.Result.Failure}\n{string.Join('\n', run.Events.Lines.Select(line => line.Line))}");
        return run.Stored;
    }
}
