using Metaflow.Definitions;

namespace Metaflow.Tests.Cli;

public sealed class HelpTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("help")]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Help_Program_ListsEveryCommand(string argument)
    {
        Assert.Equal(ExitCodes.Ok, await _cli.RunAsync(SampleFlow.Definition, argument));
        Assert.StartsWith("Usage: sample [options] <command> [command options]\n\nCommands:\n  run ", _cli.Out, StringComparison.Ordinal);
        foreach (var verb in Metaflow.Cli.VerbTable.All)
        {
            Assert.Contains($"  {verb.Name} ", _cli.Out, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("run", "--help")]
    [InlineData("--help", "run")]
    [InlineData("help", "run")]
    [InlineData("run", "--top", "x", "-h")]
    [InlineData("run", "--nonsense", "--help")]
    public async Task Help_Verb_ShowsParametersOptionsAndExamples(params string[] arguments)
    {
        Assert.Equal(ExitCodes.Ok, await _cli.RunAsync(SampleFlow.Definition, arguments));
        Assert.StartsWith(
            """
            Run the flow.

            Usage: sample run [options]

            Parameters of SampleFlow:
              --top <int>    How many films to keep. Default: 5
              --note <text>  Default: empty

            Options:
              --tag <text>  
            """.TrimEnd(),
            _cli.Out,
            StringComparison.Ordinal);
        Assert.Contains("\nExamples:\n  sample run\n  sample run --top …\n", _cli.Out, StringComparison.Ordinal);
        Assert.EndsWith("Each option can also be given as an environment variable, such as METAFLOW_RUN_TOP.\n", _cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_EveryVerb_HasAnExampleThatParses()
    {
        foreach (var entry in Metaflow.Cli.VerbTable.All)
        {
            var examples = entry.Create(SampleFlow.Definition).Examples;
            Assert.NotEmpty(examples);
            foreach (var example in examples)
            {
                var line = Metaflow.Cli.Parsing.CommandLine.Parse(SampleFlow.Definition, example.Split(' '), _cli.Environment);
                Assert.Equal(entry.Name, line.Verb!.Name);
            }
        }
    }

    [Fact]
    public async Task Help_UnknownVerb_IsAUsageError()
    {
        Assert.Equal(ExitCodes.Usage, await _cli.RunAsync(SampleFlow.Definition, "help", "rnu"));
        Assert.Equal("error: there is no command 'rnu'. Did you mean 'run'? See 'help'.\n", _cli.Error);
    }

    [Fact]
    public async Task Help_Parameters_SayWhatIsNeeded()
    {
        var definition = SampleFlow.Define(
            Parameter("Required", new(), isRequired: true),
            Parameter("Computed", new() { DefaultFrom = "Latest" }, computed: true),
            Parameter("Secret", new() { ShowDefault = false, Help = "Not to be seen" }),
            Parameter("Renamed", new() { Name = "other-name" }));

        await _cli.RunAsync(definition, "run", "--help");

        Assert.Contains(
            """
              --required <int>    Required.
              --computed <int>    Default: computed when a run starts.
              --secret <int>      Not to be seen.
              --other-name <int>  Default: 7

            """,
            _cli.Out,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_VerbAndOption_PrintIt()
    {
        await _cli.RunAsync(SampleFlow.Definition, "version");
        await _cli.RunAsync(SampleFlow.Definition, "--version");

        Assert.Equal("1.0.0\n1.0.0\n", _cli.Out);
    }

    private static ParameterDefinition<int> Parameter(string name, ParameterAttribute attribute, bool isRequired = false, bool computed = false) =>
        new(name, _ => 7, (_, _) => { }, computed ? _ => 8 : null) { Attribute = attribute, IsRequired = isRequired };
}
