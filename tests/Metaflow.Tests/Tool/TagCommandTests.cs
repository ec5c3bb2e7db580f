using Metaflow.Tests.Client;
using Metaflow.Tests.Comparison;
using Metaflow.Tool;

namespace Metaflow.Tests.Tool;

public sealed class TagCommandTests : IDisposable
{
    private readonly ClientRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task Tag_AddReplaceRemove_ChangeAndPrintTheTags()
    {
        await _runs.RunAsync(new ModelFlow());

        Assert.Contains("ModelFlow/1: a, b", await InvokeAsync("add", "ModelFlow/1", "b", "a"), StringComparison.Ordinal);
        Assert.Contains("ModelFlow/1: b, c", await InvokeAsync("replace", "ModelFlow/1", "--remove", "a", "--add", "c"), StringComparison.Ordinal);
        Assert.Contains("ModelFlow/1: c", await InvokeAsync("remove", "ModelFlow/1", "b"), StringComparison.Ordinal);
        Assert.Contains("by the system: user:ada", await InvokeAsync("list", "ModelFlow/1"), StringComparison.Ordinal);
    }

    private async Task<string> InvokeAsync(string verb, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] line = ["tag", verb, .. arguments, "--global", "--datastore-root", _runs.Root];
        Assert.Equal((0, ""), (await ToolCommand.InvokeAsync(line, output, error), error.ToString()));
        return output.ToString();
    }
}
