using Metaflow.Definitions;
using Metaflow.Runtime;

namespace Metaflow.Tests.Cli;

/// <summary><c>tag</c>: the tags of runs from a flow's program.</summary>
public sealed class TagVerbTests : IDisposable
{
    private readonly CliHarness _cli = new() { OnRun = FlowRunner.RunAsync };

    private static FlowDefinition Definition => FlowRegistry.Get(typeof(TaggingFlow));

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Tag_InsideATask_IsSeenAfterTheRun()
    {
        await _cli.RunAsync(Definition, "run", "--isolation", "none", "--tag", "draft");

        Assert.Equal(ExitCodes.Ok, await _cli.RunAsync(Definition, "tag", "list", "1", "--hide-system-tags"));

        Assert.Contains("TaggingFlow/1\n    seen\n", _cli.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("    draft", _cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tag_AddedReplacedRemoved_IsListed()
    {
        await _cli.RunAsync(Definition, "run", "--isolation", "none");
        string[][] lines = [["add", "a", "b"], ["replace", "--remove", "a", "--add", "c"], ["remove", "b"]];
        foreach (var line in lines)
        {
            Assert.Equal(ExitCodes.Ok, await _cli.RunAsync(Definition, ["tag", .. line, "--run-id", "1"]));
        }

        await _cli.RunAsync(Definition, "tag", "list", "--all", "--json", "--hide-system-tags");

        Assert.Contains("TaggingFlow/1 now has the tags: c, seen", _cli.Error, StringComparison.Ordinal);
        Assert.Equal("""[{"run":"TaggingFlow/1","tags":["c","seen"]}]""", string.Concat(_cli.Out[_cli.Out.LastIndexOf("[\n  {", StringComparison.Ordinal)..].Where(c => !char.IsWhiteSpace(c))));
    }

    [Theory]
    [InlineData("--run-id 1 is the latest one", "add", "x")]
    [InlineData("'tag' has no command 'ad'. Did you mean 'add'?", "ad", "x", "--run-id", "1")]
    [InlineData("--remove TAG and --add TAG", "replace", "--add", "x", "--run-id", "1")]
    [InlineData("lists one run", "list", "1", "--all")]
    [InlineData("is a tag of the system", "remove", "runtime:dev", "--run-id", "1")]
    public async Task Tag_WrongInput_SaysWhatToDo(string expected, params string[] line)
    {
        await _cli.RunAsync(Definition, "run", "--isolation", "none");

        Assert.NotEqual(ExitCodes.Ok, await _cli.RunAsync(Definition, ["tag", .. line]));

        Assert.Contains(expected, _cli.Error, StringComparison.Ordinal);
    }
}

public partial class TaggingFlow : FlowSpec
{
    [Step]
    public async Task Start() => await Current.ChangeTagsAsync(["seen"], remove: ["draft"]);
}
