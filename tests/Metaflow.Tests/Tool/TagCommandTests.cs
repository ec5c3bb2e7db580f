using System.Diagnostics;
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

    [Fact]
    public async Task Tag_SeveralProcessesAtOnce_LoseNoChange()
    {
        await _runs.RunAsync(new ModelFlow());
        var program = Path.Join(AppContext.BaseDirectory, "Metaflow.Tool.dll");
        var host = Path.Join(Path.GetDirectoryName(typeof(object).Assembly.Location), "../../../dotnet");
        var others = Enumerable.Range(0, 4).Select(number =>
        {
            string[] line = [program, "tag", "add", "ModelFlow/1", $"of-process-{number}", "--global", "--datastore-root", _runs.Root];
            return Process.Start(new ProcessStartInfo(host, line) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }).ToList();

        using var client = _runs.Open();
        var run = client.Run("ModelFlow/1");
        List<string> expected = [.. others.Select((_, number) => $"of-process-{number}")];
        for (var number = 0; others.Any(process => !process.HasExited) && number < 40; number++)
        {
            expected.Add($"own-{number}");
            await run.AddTagsAsync([$"own-{number}"], TestContext.Current.CancellationToken);
        }

        foreach (var process in others)
        {
            var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal((0, ""), (process.ExitCode, error));
            process.Dispose();
        }

        using var reader = _runs.Open();
        Assert.Equal(expected.Order(StringComparer.Ordinal), reader.Run("ModelFlow/1").Tags);
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
