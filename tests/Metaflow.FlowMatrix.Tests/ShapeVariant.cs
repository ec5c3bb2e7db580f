using System.Globalization;
using Metaflow.FlowMatrix.Shapes;

namespace Metaflow.FlowMatrix;

/// <summary>A shape, which case its switches take, and how many tasks each step has then.</summary>
/// <param name="Flow">The flow's class.</param>
/// <param name="Case">The case.</param>
/// <param name="Tasks">Pairs of step and count.</param>
internal sealed record ShapeVariant(Type Flow, string Case, string Tasks)
{
    public static readonly IReadOnlyList<ShapeVariant> All =
    [
        new(typeof(LinearShape), "a", "Start 1, Middle 1, End 1"),
        new(typeof(SingleShape), "a", "Only 1"),
        new(typeof(NamedEndsShape), "a", "Begin 1, Middle 1, Finish 1"),
        new(typeof(InheritedShape), "a", "Start 1, Middle 1, Extra 1, End 1"),
        new(typeof(TemplateUserShape), "a", "Start 1, Work N, Join 1, End 1"),
        new(typeof(AsyncShape), "a", "Start 1, Inner N, Left N, Right N, JoinSides N, Join 1, End 1"),
        new(typeof(BranchShape), "a", "Start 1, A 1, B 1, Join 1, End 1"),
        new(typeof(NestedBranchesShape), "a",
            "Start 1, A 1, B 1, AA 1, AB 1, BA 1, BB 1, AAA 1, AAB 1, ABA 1, ABB 1, BAA 1, BAB 1, BBA 1, BBB 1, "
            + "JoinAA 1, JoinAB 1, JoinBA 1, JoinBB 1, JoinA 1, JoinB 1, Join 1, End 1"),
        new(typeof(ForEachInBranchShape), "a", "Start 1, A 1, Inner N, JoinItems 1, B 1, Join 1, End 1"),
        new(typeof(ForEachShape), "a", "Start 1, Split 1, Inner N, Second N, Join 1, End 1"),
        new(typeof(SmallForEachShape), "a", "Start 1, Inner N, Join 1, End 1"),
        new(typeof(NestedForEachShape), "a", "Start 1, X 3, Y 6, Z 36, JoinZ 6, JoinY 3, JoinX 1, End 1"),
        new(typeof(BranchInForEachShape), "a", "Start 1, Inner N, A N, B N, JoinSides N, After N, Join 1, End 1"),
        new(typeof(SwitchShape), "a", "Start 1, A 1, End 1"),
        new(typeof(SwitchShape), "b", "Start 1, B 1, End 1"),
        new(typeof(SwitchShape), "c", "Start 1, C 1, End 1"),
        new(typeof(NestedSwitchShape), "a", "Start 1, A 1, End 1"),
        new(typeof(NestedSwitchShape), "b", "Start 1, Second 1, B 1, End 1"),
        new(typeof(NestedSwitchShape), "c", "Start 1, Second 1, C 1, End 1"),
        new(typeof(SwitchInBranchShape), "a", "Start 1, A 1, B 1, C 1, Join 1, End 1"),
        new(typeof(SwitchInBranchShape), "b", "Start 1, A 1, B 1, D 1, Join 1, End 1"),
        new(typeof(SwitchInForEachShape), "a", "Start 1, Inner 3, Even 2, Odd 1, Join 1, End 1"),
        new(typeof(BranchInSwitchShape), "a", "Start 1, Work 1, A 1, B 1, Join 1, End 1"),
        new(typeof(BranchInSwitchShape), "b", "Start 1, Skip 1, End 1"),
        new(typeof(ForEachInSwitchShape), "a", "Start 1, Work 1, Inner N, Join 1, End 1"),
        new(typeof(ForEachInSwitchShape), "b", "Start 1, Skip 1, End 1"),
        new(typeof(LoopShape), "a", "Start 1, Loop R, Exit 1, End 1"),
        new(typeof(LoopInForEachShape), "a", "Start 1, Loop 10, Exit 3, Join 1, End 1"),
    ];

    public static ShapeVariant Of(string shape, string @case) => All.Single(variant => variant.Name == shape && variant.Case == @case);

    public string Name => Flow.Name;

    /// <summary>How many tasks each step has.</summary>
    /// <param name="items">How many items a foreach has whose items the behaviour chooses.</param>
    /// <param name="rounds">How often the loop repeats.</param>
    public SortedDictionary<string, int> Counts(int items = 3, int rounds = 10)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var pair in Tasks.Split(", "))
        {
            var (step, count) = (pair.Split(' ')[0], pair.Split(' ')[1]);
            counts.Add(step, count switch { "N" => items, "R" => rounds, _ => int.Parse(count, CultureInfo.InvariantCulture) });
        }

        return counts;
    }

    public override string ToString() => $"{Name} {Case}";
}
