using Metaflow.Cli;

namespace Metaflow.Tests.Cli;

public sealed class FlowChoiceTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Find_FirstArgumentNamesAFlow_IgnoringCase() =>
        Assert.Equal(typeof(TrainFlow), new FlowChoice([typeof(TrainFlow), typeof(ScoreFlow)]).Find(["trainflow", "run"]));

    [Fact]
    public void Explain_UnknownFlow_ListsWhatThereIs()
    {
        var choice = new FlowChoice([typeof(TrainFlow), typeof(ScoreFlow)]);

        Assert.Null(choice.Find(["TrianFlow", "run"]));
        Assert.Equal(ExitCodes.Usage, choice.Explain(["TrianFlow", "run"], _cli.Host));
        Assert.Equal(
            """
            error: there is no flow 'TrianFlow'. Did you mean 'TrainFlow'? The first argument names the flow.
            This program holds these flows:
              sample TrainFlow run
              sample ScoreFlow run

            """,
            _cli.Error);
    }

    [Theory]
    [InlineData]
    [InlineData("--help")]
    public void Explain_NothingOrHelp_IsNoFault(params string[] arguments)
    {
        Assert.Equal(ExitCodes.Ok, new FlowChoice([typeof(TrainFlow)]).Explain(arguments, _cli.Host));
        Assert.StartsWith("This program holds these flows:", _cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_NoFlowOrWrongType_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new FlowChoice([]));
        Assert.Throws<ArgumentException>(() => new FlowChoice([typeof(string)]));
        Assert.Throws<ArgumentException>(() => new FlowChoice([typeof(TrainFlow), typeof(TrainFlow)]));
    }

    private abstract class TrainFlow : FlowSpec;

    private abstract class ScoreFlow : FlowSpec;
}
