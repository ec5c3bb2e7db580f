using Metaflow.FlowMatrix.Shapes;
using Metaflow.Metadata.Records;

namespace Metaflow.FlowMatrix;

/// <summary>Where tasks stand in the flow, in every shape.</summary>
public sealed class GraphMatrixTests
{
    public static TheoryData<string, string> All => Cells.All;

    public static TheoryData<string, string> WithItems => Cells.WithItems;

    [Theory]
    [MemberData(nameof(All))]
    public Task Lineage_OfEveryTask_IsThatOfTheRecords(string shape, string @case) => Cells.CheckAsync(shape, @case, "lineage");

    [Theory]
    [MemberData(nameof(All))]
    public Task Current_OfEveryTask_TellsItsPlace(string shape, string @case) => Cells.CheckAsync(shape, @case, "current");

    [Theory]
    [MemberData(nameof(All))]
    public Task ForEachStack_OfEveryTask_IsThatOfTheRecords(string shape, string @case) => Cells.CheckAsync(shape, @case, "stack");

    [Theory]
    [MemberData(nameof(WithItems))]
    public Task ForEach_ManyItemsInNoOrder_ArriveAtTheJoinInOrder(string shape, string @case) => Cells.CheckAsync(shape, @case, "order");

    [Fact]
    public async Task ForEachStack_ThreeLevels_HasEveryCombinationOnce()
    {
        using var run = await Cells.RunAsync(ShapeVariant.Of(nameof(NestedForEachShape), "a"), "stack");

        var stored = run.ExpectSuccess();
        var expected =
            from x in NestedForEachShape.Xs.Index()
            from y in NestedForEachShape.Ys.Index()
            from z in NestedForEachShape.Zs.Index()
            select $"Start[{x.Index}/3]={x.Item} X[{y.Index}/2]={y.Item} Y[{z.Index}/6]={z.Item}";
        Assert.Equal(expected.Order(), stored.Tasks.Where(task => task.Step == "Z").Select(task => stored.Read<string>(task, "Stack")).Order());
    }

    [Fact]
    public async Task Loop_LongerThanTheLongestChainOfReferences_KeepsItsArtifacts()
    {
        var variant = ShapeVariant.Of(nameof(LoopShape), "a");
        using var run = await Cells.RunAsync(variant, "artifact", rounds: 3 * TaskData.MaximumDepth);

        var stored = run.ExpectSuccess();
        RunChecks.Succeeded(stored, variant, rounds: 3 * TaskData.MaximumDepth);
        Assert.Equal(Enumerable.Range(1, 3 * TaskData.MaximumDepth), stored.Tasks.Where(task => task.Step == "Loop").Select(task => stored.Read<int>(task, "Round")));
    }

    [Fact]
    public async Task Switch_NoCaseFits_FailsTheStep()
    {
        using var run = await Cells.RunAsync(ShapeVariant.All.First(variant => variant.Flow == typeof(SwitchShape)) with { Case = "z" }, "nothing");

        Assert.Contains("'z' is no case of this switch.", run.Result.Failure);
        Assert.Equal("failed", run.Stored.Status);
    }
}
