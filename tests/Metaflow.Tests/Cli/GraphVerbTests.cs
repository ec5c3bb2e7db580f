using System.Text.Json;
using Metaflow.Definitions;
using Metaflow.Graph;

namespace Metaflow.Tests.Cli;

public sealed class GraphVerbTests : IDisposable
{
    private readonly CliHarness _cli = new();

    private static FlowDefinition Definition => FlowRegistry.Get(typeof(ReadingFlow));

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Check_SoundFlow_SaysSo()
    {
        Assert.Equal(ExitCodes.Ok, await _cli.RunAsync(Definition, "check"));
        Assert.Equal("", _cli.Out);
        Assert.Equal("The graph of ReadingFlow looks good: 4 steps.\n", _cli.Error);
    }

    [Fact]
    public async Task Check_FaultyFlow_ListsProblemsAndFails()
    {
        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync(Faulty(), "check"));
        Assert.Contains("error MF00", _cli.Out, StringComparison.Ordinal);
        Assert.Equal("SampleFlow has 1 error.\n", _cli.Error);
    }

    [Fact]
    public async Task NoVerb_SoundFlow_ExplainsItAndWhatToTypeNext()
    {
        Assert.Equal(ExitCodes.Ok, await _cli.RunAsync(Definition));
        Assert.Equal(
            """
            ReadingFlow: Squares some numbers.

            Steps: Start (foreach) → Multiply → Join (join) → End
            Check: The graph of ReadingFlow looks good: 4 steps.

            Parameters:
              --count <int>   How many numbers. Default: 3
              --fault <text>  Default: empty

            Next:
              sample run       Run the flow.
              sample help run  See all options of a run.
              sample show      See the steps one by one.
              sample help      List the commands.

            """,
            _cli.Out);
    }

    [Fact]
    public async Task NoVerb_FaultyFlow_ShowsTheProblemsAndFails()
    {
        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync(Faulty()));
        Assert.Contains("Check: SampleFlow has 1 error.\n  error MF00", _cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_Flow_PrintsEachStep()
    {
        Assert.Equal(ExitCodes.Ok, await _cli.RunAsync(Definition, "show"));
        Assert.Equal(
            """

            Squares some numbers.

            Step Start
                Counts.
                => Multiply (foreach int)

            @Retry(Times = 1)
            Step Multiply
                ?
                => Join

            Step Join
                ?
                => End

            Step End
                ?


            """,
            _cli.Out);
    }

    [Fact]
    public async Task Show_Json_HasGraphAndParameters()
    {
        Assert.Equal(ExitCodes.Ok, await _cli.RunAsync(Definition, "show", "--json"));

        var flow = JsonDocument.Parse(_cli.Out).RootElement;
        Assert.Equal("ReadingFlow", flow.GetProperty("flow").GetString());
        Assert.Equal(["Start", "Multiply", "Join", "End"], flow.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("name").GetString()));
        var count = flow.GetProperty("parameters").EnumerateArray().First();
        Assert.Equal("--count", count.GetProperty("option").GetString());
        Assert.Equal("int", count.GetProperty("type").GetString());
        Assert.Equal("3", count.GetProperty("default").GetString());
        Assert.False(count.GetProperty("required").GetBoolean());
    }

    [Fact]
    public async Task OutputDot_Flow_IsADigraph()
    {
        Assert.Equal(ExitCodes.Ok, await _cli.RunAsync(Definition, "output-dot"));
        Assert.StartsWith("digraph \"ReadingFlow\" {\n", _cli.Out, StringComparison.Ordinal);
        Assert.Contains("\"Start\" -> \"Multiply\"", _cli.Out, StringComparison.Ordinal);
        Assert.Equal("To draw it: sample output-dot | dot -Tsvg > ReadingFlow.svg\n", _cli.Error);
    }

    private static FlowDefinition Faulty()
    {
        var sound = SampleFlow.Definition;
        return new()
        {
            FlowType = sound.FlowType,
            Name = sound.Name,
            Create = sound.Create,
            Steps = sound.Steps,
            Artifacts = [],
            Parameters = [],
            Graph = new FlowGraph
            {
                Name = sound.Name,
                Steps = [new() { Name = "Start", Transitions = [new(TransitionShape.Linear, ["Nowhere"])] }, new() { Name = "End", Returns = StepReturn.Nothing }],
            }.WithKinds().ToText(),
        };
    }
}
