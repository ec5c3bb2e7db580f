using Metaflow.Cli;
using Metaflow.Cli.Serving;

namespace Metaflow.Tests.Cli.Serving;

/// <summary><c>run --ui</c>.</summary>
public sealed class RunPageTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Run_WithUi_TellsTheAddressOfItsPage()
    {
        var code = await RunAsync((root, flow, run, _) => Task.FromResult(new Uri($"http://127.0.0.1:1/flows/{flow}/runs/{run}?token=t")));

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("See the run at http://127.0.0.1:1/flows/SampleFlow/runs/3?token=t\n", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithoutADashboard_SaysSoAndGoesOn()
    {
        var code = await RunAsync((_, _, _, _) => throw new MetaflowException("the tool 'metaflow' was not found."));

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("The run has no page: the tool 'metaflow' was not found.", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithTheTeamsDashboard_TellsWhereItIsThere()
    {
        _cli.Variables["METAFLOW_UI_URL"] = "https://flows.example.org/ui/";

        await _cli.RunAsync(SampleFlow.Definition, "run");

        Assert.Contains("See the run at https://flows.example.org/ui/flows/SampleFlow/runs/3\n", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Setting_ThatIsNoAddress_IsAnError()
    {
        _cli.Variables["METAFLOW_UI_URL"] = "flows";

        var code = await _cli.RunAsync(SampleFlow.Definition, "run");

        Assert.NotEqual(ExitCodes.Ok, code);
        Assert.Contains("METAFLOW_UI_URL is 'flows', which is no address", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Tool_IsLookedFor_NearestFirst()
    {
        var global = Path.Join(_cli.HomeDirectory, ".dotnet", "tools");
        var other = Path.Join(_cli.HomeDirectory, "bin");
        var name = OperatingSystem.IsWindows() ? "metaflow.exe" : "metaflow";
        foreach (var folder in (string[])[global, other])
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Join(folder, name), "");
        }

        _cli.Variables["PATH"] = other;
        _cli.Write("dotnet-tools.json", """{"version": 1, "tools": {"metaflow.tool": {"version": "1.0.0"}}}""");

        Assert.Equal(["dotnet", Path.Join(global, name), Path.Join(other, name)], new DashboardTool(_cli.Environment).Candidates().Select(found => found.Program));
    }

    private Task<int> RunAsync(FindRunPage find) =>
        new FlowProgram(SampleFlow.Definition, _cli.Host with { FindRunPage = find }).RunAsync(["run", "--ui"], TestContext.Current.CancellationToken);
}
