using Metaflow.Graph;
using static Metaflow.Tests.Graph.Graphs;

namespace Metaflow.Tests.Graph;

public sealed class GraphCodecTests
{
    private static readonly FlowGraph Full = Flow(
        Step("Start", "foreach Work") with
        {
            Doc = "Tabs\tand\nlines\r and \\ back\\slashes.",
            Location = new("a.cs", 4, 5, 4, 10),
            Traits = StepTraits.Async | StepTraits.MarkedStart,
            Decorators = [new("Retry", "Retry(Times = 2)") { Arguments = [new("Times", "2"), new("Note", "")], Location = new("a.cs", 3, 2, 3, 9) }],
            Transitions =
            [
                new(TransitionShape.ForEach, ["Work"])
                {
                    ItemType = "Dictionary<string, int>",
                    Unordered = "HashSet<string>",
                    Location = new("a.cs", 6, 9, 8, 3),
                    TargetLocations = [new("b.cs", 7, 1, 7, 5)],
                    ItemsLocation = new("a.cs", 6, 20, 6, 30),
                },
                new(TransitionShape.Computed, []) { IsDropped = true },
            ],
            Dataflow = new()
            {
                Reads = [new("Best", new("a.cs", 5, 1, 5, 2), AfterMerge: true)],
                BranchReads = [new("Score", default)],
                Writes = ["Best", "Score"],
                Merges = [new(true, ["Best"]), new(false, [])],
                Inputs = [new("string", true, new("a.cs", 5, 3, 5, 4))],
                ParameterWrites = [new("Top", default)],
            },
        },
        Step("Work", "End") with { Takes = StepInput.Item, ItemType = "string" },
        End()) with
    {
        Doc = "Doc",
        Traits = FlowTraits.NotPartial,
        Location = new("a.cs", 1, 1, 1, 2),
        Artifacts = [new("Best", "int") { Traits = ArtifactTraits.NoSetter, Unstorable = "why", Location = new("a.cs", 2, 1, 2, 2) }],
        Parameters =
        [
            new("Top", "top", "int")
            {
                Traits = ParameterTraits.Required, Separator = ";", DefaultFrom = "Compute", Initializer = "\"a\tb\"", Location = new("a.cs", 2, 3, 2, 4),
            },
        ],
    };

    [Fact]
    public void Parse_WrittenGraph_GivesItBack() => Assert.Equal(Full, FlowGraph.Parse(Full.ToText()));

    [Fact]
    public void ToText_OfSmallFlow_IsStable()
    {
        var graph = Flow(Step("Start", "End"), End()) with { Location = new("/home/me/flows/a.cs", 2, 3, 2, 4) };

        Assert.Equal(
            "metaflow-graph 1\nfile\ta.cs\nflow\tF\tF\t0\t0:2:3:4\n"
            + "step\tStart\tF\tstart\ttransition\tnothing\t0\nnext\tlinear\tEnd\nstep\tEnd\tF\tend\tnothing\tnothing\t0\n",
            graph.ToText(path => Path.GetFileName(path)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("metaflow-graph 2\nflow\tF\tF\t0")]
    [InlineData("metaflow-graph 1")]
    [InlineData("metaflow-graph 1\nflow")]
    [InlineData("metaflow-graph 1\nflow\tF\tF\tx")]
    [InlineData("metaflow-graph 1\nflow\tF\tF\t0\t0:1:1:1")]
    [InlineData("metaflow-graph 1\nfile\ta\nflow\tF\tF\t0\t0:1:1")]
    [InlineData("metaflow-graph 1\nflow\tF\tF\t0\t\tdoc\\")]
    [InlineData("metaflow-graph 1\nflow\tF\tF\t0\t\tdoc\\x")]
    [InlineData("metaflow-graph 1\nflow\tF\tF\t0\nnext\tlinear\tEnd")]
    [InlineData("metaflow-graph 1\nflow\tF\tF\t0\nstep\tA\tF\todd\ttransition\tnothing\t0")]
    [InlineData("metaflow-graph 1\nflow\tF\tF\t0\nstep\tA\tF\tlinear\ttransition\tnothing\t99999999999")]
    [InlineData("metaflow-graph 1\nflow\tF\tF\t0\nstep\tA\tF\tlinear\ttransition\tnothing\t0\nodd\tx")]
    public void Parse_DamagedText_IsRefused(string text) => Assert.Throws<FormatException>(() => FlowGraph.Parse(text));

    [Fact]
    public void Parse_AnyCutOrChangedByte_GivesAGraphOrAFormatException()
    {
        var text = Full.ToText();
        for (var i = 0; i < text.Length; i++)
        {
            foreach (var damaged in new[] { text[..i], text[..i] + '\t' + text[i..], text[..i] + '9' + text[(i + 1)..], text[..i] + '\n' + text[(i + 1)..] })
            {
                try
                {
                    _ = FlowGraph.Parse(damaged).InOrder;
                }
                catch (FormatException)
                {
                    // The refusal that callers expect; anything else fails the test.
                }
            }
        }
    }
}
