using Metaflow.Cli;
using Metaflow.Cli.Parsing;
using Metaflow.Definitions;
using Metaflow.Graph;
using static Metaflow.Tests.Graph.Graphs;

namespace Metaflow.Tests.Graph;

/// <summary>The rules at run time; each rule by itself is tested through the analyzer.</summary>
public sealed partial class FlowRulesTests
{
    [Fact]
    public void Check_SoundGraph_FindsNothing() =>
        Assert.Empty(FlowRules.Check(Flow(Step("Start", "A, B"), Step("A", "Join"), Step("B", "Join"), Join("Join", "End"), End())));

    [Fact]
    public void Check_ParsedGraph_FindsWhatTheSourceHad()
    {
        var graph = Flow(Step("Start", "End"), Step("Lonely", "End") with { Location = new("a.cs", 7, 5, 7, 9) }, End());

        var problem = Assert.Single(FlowRules.Check(FlowGraph.Parse(graph.ToText())));

        Assert.Equal("a.cs(7,5): warning MF0041: No step leads to 'Lonely', so it never runs. Lead to it, or remove [Step].", problem.ToString());
        Assert.Equal("Lonely", problem.Step);
    }

    [Fact]
    public void Check_DecoratorAddedLater_IsChecked()
    {
        var graph = Flow(Step("Start", "foreach Work"), Step("Work", "Join"), Join("Join", "End"), End());
        var caught = graph with
        {
            Steps = graph.Steps.Select(step => step with { Decorators = [new DecoratorNode("Catch", "Catch")] }).ToEquatableArray(),
        };

        var problem = Assert.Single(FlowRules.Check(caught));

        Assert.Equal(("MF0082", "Start"), (problem.Id, problem.Step));
    }

    [Fact]
    public void Check_ManyNestedSplits_EndsSoon()
    {
        // 2^40 ways lead through this graph.
        var steps = new List<StepNode> { Step("Start", "A0", "B0") };
        for (var i = 0; i < 40; i++)
        {
            steps.Add(Step($"A{i}", $"A{i + 1}", $"B{i + 1}"));
            steps.Add(Step($"B{i}", $"A{i + 1}", $"B{i + 1}"));
        }

        Assert.Empty(FlowRules.Check(Flow([.. steps, Step("A40", "End"), Step("B40", "End"), End()])));
    }

    [Theory]
    [InlineData("Trian", "Train")]
    [InlineData("train", "Train")]
    [InlineData("Trai", "Train")]
    [InlineData("Evaluate", null)]
    public void Nearest_Misspelling_IsFound(string name, string? expected) =>
        Assert.Equal(expected, Names.Nearest(name, ["Start", "Train", "End"]));

    [Theory]
    [InlineData(RetryAttribute.MaximumTimes, 0)]
    [InlineData(RetryAttribute.MaximumTimes + 1, 1)]
    public void Check_Retries_AreBoundedAsTheDecoratorBoundsThem(int times, int problems)
    {
        var retry = new DecoratorNode("Retry", "Retry") { Arguments = [new("Times", $"{times}")] };

        Assert.Equal(problems, FlowRules.Check(Flow(End("Only") with { Decorators = [retry] })).Count);
    }

    [Fact]
    public void IsReservedOption_EveryOptionBesideParameters_IsReserved()
    {
        var definition = FlowRegistry.Get(typeof(OneStepFlow));
        var options = VerbTable.All.Where(entry => entry.Name is "run" or "resume")
            .SelectMany(entry => entry.Create(definition).Options).Concat(GlobalOptions.All).Select(option => option.Name).ToList();

        Assert.Contains("max-workers", options);
        Assert.All(options, option => Assert.True(Names.IsReservedOption(option), option));
    }

    [Fact]
    public void All_Rules_HaveDistinctIdsInOrder()
    {
        var ids = RuleCatalog.All.Select(rule => rule.Id).ToList();

        Assert.Equal(ids.Distinct().Order(StringComparer.Ordinal), ids);
        Assert.All(ids, id => Assert.Matches("^MF[0-9]{4}$", id));
    }

    [Project("rules")]
    private sealed partial class OneStepFlow : FlowSpec
    {
        [Step]
        public void Only()
        {
        }
    }
}
