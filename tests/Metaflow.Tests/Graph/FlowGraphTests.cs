using Metaflow.Graph;
using static Metaflow.Tests.Graph.Graphs;

namespace Metaflow.Tests.Graph;

public sealed class FlowGraphTests
{
    private static readonly FlowGraph Nested = Flow(
        Step("Start", "A, B"),
        Step("A", "foreach Work"),
        Step("Work", "Inner"),
        Join("Inner", "Outer"),
        Step("B", "Outer", "C"),
        Step("C", "Outer"),
        Join("Outer", "End"),
        End());

    [Fact]
    public void Kind_OfEachStep_FollowsItsPlace()
    {
        Assert.Equal(
            ["split-static", "split-foreach", "linear", "join", "split-switch", "linear", "join", "end"],
            Nested.Steps.Select(step => GraphWords.Of(step.Kind)));
        Assert.Equal(StepKind.Start, Flow(Step("Start", "End"), End())["Start"].Kind);
        Assert.Equal(StepKind.End, Flow(End("Only"))["Only"].Kind);
    }

    [Fact]
    public void Endpoints_WhenMarked_AreTheMarkedSteps()
    {
        var graph = Flow(
            Step("Begin", "Finish") with { Traits = StepTraits.MarkedStart }, End("Finish") with { Traits = StepTraits.MarkedEnd });

        Assert.Equal("Begin", graph.StartStep?.Name);
        Assert.Equal("Finish", graph.EndStep?.Name);
    }

    [Theory]
    [InlineData("Start", "", "Outer")]
    [InlineData("A", "Start", "Inner")]
    [InlineData("Work", "Start A", null)]
    [InlineData("Inner", "Start A", null)]
    [InlineData("C", "Start", null)]
    [InlineData("Outer", "Start", null)]
    [InlineData("End", "", null)]
    public void Splits_OfNestedGraph_AreFound(string step, string parents, string? join)
    {
        Assert.Equal(parents, string.Join(" ", Nested.SplitParents(step)));
        Assert.Equal(join, Nested.MatchingJoin(step));
    }

    [Fact]
    public void InOrder_OfGraph_PutsStepsAfterThoseThatLeadToThem()
    {
        var order = Nested.InOrder.Select(step => step.Name).ToList();

        Assert.Equal(Nested.Steps.Count, order.Count);
        Assert.All(Nested.Steps, step => Assert.All(step.Targets, target => Assert.True(order.IndexOf(step.Name) < order.IndexOf(target))));
    }

    [Fact]
    public void InOrder_OfFaultyGraph_HasEveryStepOnce()
    {
        var graph = Flow(Step("Start", "A"), Step("A", "B", "A"), Step("B", "A", "End"), Step("Lonely", "End"), End());

        Assert.Equal(["A", "B", "End", "Lonely", "Start"], graph.InOrder.Select(step => step.Name).Order());
        Assert.Equal("Lonely", graph.InOrder[^1].Name);
    }

    [Fact]
    public void Find_UnknownStep_IsNullAndIndexerThrows()
    {
        Assert.Null(Nested.Find("start"));
        Assert.Contains("'start'", Assert.Throws<KeyNotFoundException>(() => Nested["start"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void With_OtherSteps_ForgetsTheOldShape()
    {
        _ = Nested.InOrder;

        var other = Nested with { Steps = [End("Only")] };

        Assert.Equal(["Only"], other.InOrder.Select(step => step.Name));
        Assert.NotNull(Nested.Find("Work"));
    }
}
