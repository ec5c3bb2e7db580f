using System.Text.Json.Nodes;
using Metaflow.Tests.Client;
using Metaflow.Tests.Comparison;
using Metaflow.Tool;

namespace Metaflow.Tests.Tool;

/// <summary>The questions of the tool, as they are typed.</summary>
public sealed class QueryCommandTests : IDisposable
{
    private readonly ClientRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task Flows_OfAStore_AreListedWithTheirLatestRuns()
    {
        await _runs.RunAsync(new MarksFlow());
        await _runs.RunAsync(new TroubleFlow());
        await _runs.RunAsync(new TroubleFlow { IsFatal = true });

        var flows = await Ask("flows");

        Assert.Equal(["MarksFlow", "TroubleFlow"], flows.Select(flow => (string?)flow["flow"]));
        Assert.Equal(("2", "failed", "1"),
            ((string?)flows[1]["latestRun"], (string?)flows[1]["latestStatus"], (string?)flows[1]["latestSuccessfulRun"]));
    }

    [Fact]
    public async Task Runs_WithFilters_AreThoseThatPass()
    {
        await _runs.RunAsync(new ModelFlow());
        await _runs.RunAsync(new ModelFlow { Rate = 0.75 }, tags: ["nightly"]);
        await _runs.RunAsync(new ModelFlow { Rate = -1 }, user: "bob");

        Assert.Equal(["ModelFlow/3"], Paths(await Ask("runs", "--status", "failed")));
        Assert.Equal(["ModelFlow/2"], Paths(await Ask("runs", "modelflow", "--tag", "nightly")));
        Assert.Equal(["ModelFlow/2", "ModelFlow/1"], Paths(await Ask("runs", "--parameter", "Rate>0")));
        Assert.Equal(["ModelFlow/1"], Paths(await Ask("runs", "--artifact", "Model.Score<1.2")));
        Assert.Equal(["ModelFlow/3"], Paths(await Ask("runs", "--user", "bob", "--since", "1h")));
        Assert.Empty(await Ask("runs", "--until", "yesterday"));
        Assert.Contains("the rate is negative", (string?)(await Ask("runs", "--status", "failed"))[0]["failure"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_PageByPage_AreAll()
    {
        for (var i = 0; i < 3; i++)
        {
            await _runs.RunAsync(new MixedFlow());
        }

        var first = await AskPage("runs", "--limit", "2");
        var second = await AskPage("runs", "--limit", "2", "--after", (string)first["next"]!);

        Assert.Equal(["MixedFlow/3", "MixedFlow/2"], Paths(first["items"]!.AsArray()));
        Assert.Equal(["MixedFlow/1"], Paths(second["items"]!.AsArray()));
        Assert.Null(second["next"]);
    }

    [Fact]
    public async Task Tasks_ThatFailed_AreListedWithTheirExceptions()
    {
        await _runs.RunAsync(new MarksFlow());
        await _runs.RunAsync(new ModelFlow { Rate = -1 });
        await _runs.RunAsync(new TroubleFlow { IsFatal = true });

        var failed = await Ask("tasks", "--outcome", "failed", "--since", "yesterday");

        Assert.Equal("TroubleFlow/1/End/3", (string?)failed[0]["path"]);
        Assert.Equal("the end is broken", (string?)failed[0]["error"]!["message"]);
        Assert.Equal("System.InvalidOperationException", (string?)failed[0]["error"]!["type"]);
        Assert.Contains(failed, task => (string?)task["run"] == "1" && (string?)task["flow"] == "ModelFlow" && (string?)task["item"] == "a");
        Assert.DoesNotContain(failed, task => (string?)task["flow"] == "MarksFlow");
    }

    [Fact]
    public async Task Tasks_OverSeveralRunsPageByPage_AreAll()
    {
        await _runs.RunAsync(new MarksFlow());
        await _runs.RunAsync(new MarksFlow());
        var all = Paths(await Ask("tasks"));
        var paged = new List<string?>();
        for (string? after = null; ;)
        {
            var page = await AskPage(["tasks", "--limit", "4", .. after is null ? Array.Empty<string>() : ["--after", after]]);
            paged.AddRange(Paths(page["items"]!.AsArray()));
            after = (string?)page["next"];
            if (after is null)
            {
                break;
            }
        }

        Assert.Equal(12, all.Count);
        Assert.Equal(all, paged);
        Assert.Equal(6, (await Ask("tasks", "MarksFlow/1")).Count);
        Assert.Equal(["Bo"], (await Ask("tasks", "MarksFlow/1/Rate", "--item", "Bo")).Select(task => (string?)task["item"]));
        Assert.Equal(2, (await Ask("tasks", "MarksFlow/1/Rate", "--artifact", "Mark>3")).Count);
    }

    [Fact]
    public async Task Tasks_OfALiveRun_AreListed()
    {
        WaitingFlow.Reset();
        var run = _runs.RunAsync(new WaitingFlow());
        await WaitingFlow.Reached.Task.WaitAsync(TestContext.Current.CancellationToken);

        var running = await Ask("tasks", "--outcome", "running");
        var steps = await Ask("steps", "WaitingFlow/latest");

        WaitingFlow.Gate.SetResult();
        await run;
        Assert.Equal(["WaitingFlow/1/Middle/2"], Paths(running));
        Assert.Equal(["Start", "Middle"], steps.Select(step => (string?)step["step"]));
        Assert.Equal(1, (int)steps[1]["running"]!);
    }

    [Fact]
    public async Task Artifacts_OfARun_AreItsParametersAndResults()
    {
        await _runs.RunAsync(new MarksFlow { Bonus = 4 });

        var run = await Ask("artifacts", "MarksFlow/1");
        var one = await Ask("artifacts", "marks/1/start/1/weights");
        var large = await Ask("artifacts", "MarksFlow/1", "--name", "names", "--max-value-size", "3");

        Assert.Equal(["Bonus", "Names", "Marks", "Noise", "Weights"], run.Select(item => (string?)item["name"]));
        Assert.Equal((4, "parameter"), ((int)run[0]["value"]!, (string?)run[0]["kind"]));
        Assert.Equal("npy", (string?)one[0]["encoding"]);
        Assert.Equal(1.0, (double)one[0]["value"]!["mean"]!);
        Assert.True((bool)large[0]["tooLarge"]!);
        Assert.Null(large[0]["value"]);
    }

    [Fact]
    public async Task Logs_OfATask_AreReadLineByLine()
    {
        await _runs.RunAsync(new MarksFlow());

        Assert.Equal(["careful"], Texts(await Ask("logs", "MarksFlow/1/Start", "--stream", "stderr")));
        Assert.Single(await Ask("logs", "MarksFlow/1/Start/1", "--tail", "--limit", "1"));
        Assert.Equal(["started"], Texts(await Ask("logs", "MarksFlow/1/Start/1", "--contains", "STARTED")));
        var page = await AskPage("logs", "MarksFlow/1/Start", "--limit", "2");
        Assert.Equal(3, page["items"]!.AsArray().Count + (await Ask("logs", "MarksFlow/1/Start", "--after", (string)page["next"]!)).Count);
    }

    [Theory]
    [InlineData("Did you mean 'MarksFlow'?", "runs", "MarkFlow")]
    [InlineData("The latest run of MarksFlow is 1.", "steps", "MarksFlow/9")]
    [InlineData("Did you mean 'Rate'?", "tasks", "MarksFlow/1/Rote")]
    [InlineData("has no task 99", "logs", "MarksFlow/1/Rate/99")]
    [InlineData("has 3 tasks", "logs", "MarksFlow/1/Rate")]
    [InlineData("Did you mean 'Weights'?", "artifacts", "MarksFlow/1", "--name", "wieghts")]
    [InlineData("has no attempt 3; its last is 0", "logs", "MarksFlow/1/Start", "--attempt", "3")]
    [InlineData("Did you mean 'failed'?", "runs", "--status", "fialed")]
    [InlineData("must be a whole number from 1 to 1000", "runs", "--limit", "5000")]
    [InlineData("which is no time", "runs", "--since", "lately")]
    [InlineData("is no condition", "runs", "--parameter", "Bonus")]
    [InlineData("--global", "steps", "MixedFlow/1", "--namespace", "user:nobody")]
    public async Task WrongQuestion_OfAnyKind_IsOneErrorThatHelps(string message, params string[] args)
    {
        await _runs.RunAsync(new MarksFlow());
        await _runs.RunAsync(new MixedFlow());

        var (code, output, error) = await Run(args);

        Assert.NotEqual(0, code);
        Assert.Equal("", output);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_OutsideTheNamespace_AreHiddenAndItSaysSo()
    {
        await _runs.RunAsync(new MixedFlow(), user: "bob");

        var (code, output, error) = await Run("runs", "--namespace", "user:eve");

        Assert.Equal((0, ""), (code, output));
        Assert.Contains("--global looks at the runs of everybody", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Store_CopiedToADirectoryOfAnyName_IsRead()
    {
        await _runs.RunAsync(new MarksFlow());
        var copy = Directory.CreateTempSubdirectory("metaflow-copied-");
        foreach (var file in Directory.EnumerateFiles(_runs.Root, "*", SearchOption.AllDirectories))
        {
            var target = Path.Join(copy.FullName, Path.GetRelativePath(_runs.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        using var output = new StringWriter();
        var code = await ToolCommand.InvokeAsync(["runs", "--root", copy.FullName, "--global"], output, output);

        Assert.Equal(0, code);
        Assert.Contains("MarksFlow/1", output.ToString(), StringComparison.Ordinal);
        copy.Delete(recursive: true);
    }

    [Fact]
    public async Task Tables_ForPeople_HaveATitleAndARowForEach()
    {
        await _runs.RunAsync(new TroubleFlow { IsFatal = true });

        var (_, runs, _) = await Run("runs");
        var (_, tasks, more) = await Run("tasks", "TroubleFlow/1", "--limit", "1");

        Assert.StartsWith("RUN ", runs, StringComparison.Ordinal);
        Assert.Contains("TroubleFlow/1  failed", runs, StringComparison.Ordinal);
        Assert.Equal(2, tasks.TrimEnd().Split('\n').Length);
        Assert.Contains("There is more: --after TroubleFlow/1/Start/1", more, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_OfTwoRuns_IsPrintedAndJson()
    {
        await _runs.RunAsync(new ModelFlow());
        await _runs.RunAsync(new ModelFlow { Rate = 0.75 });

        var (code, text, _) = await Run("diff", "ModelFlow/1", "model/latest", "--exit-code");
        var (_, json, _) = await Run("diff", "ModelFlow/1", "ModelFlow/2", "--json", "--kind", "parameter");
        var (same, _, _) = await Run("diff", "ModelFlow/1", "ModelFlow/1", "--exit-code");

        Assert.Equal((1, 0), (code, same));
        Assert.StartsWith("ModelFlow/1 → ModelFlow/2\n  parameter   Rate: 0.5 → 0.75\n", text, StringComparison.Ordinal);
        Assert.Contains("$.Score: 1 → 1.5 (+0.5)", text, StringComparison.Ordinal);
        Assert.Single(JsonNode.Parse(json)!["differences"]!.AsArray());
    }

    private static List<string?> Paths(IEnumerable<JsonNode?> items) => [.. items.Select(item => (string?)item!["path"])];

    private static List<string?> Texts(IEnumerable<JsonNode?> items) => [.. items.Select(item => (string?)item!["text"])];

    private async Task<List<JsonObject>> Ask(params string[] args) =>
        [.. (await AskPage(args))["items"]!.AsArray().Select(item => item!.AsObject())];

    private async Task<JsonNode> AskPage(params string[] args)
    {
        var (code, output, error) = await Run([.. args, "--json"]);
        Assert.True(code == 0, error);
        return JsonNode.Parse(output)!;
    }

    private async Task<(int Code, string Output, string Error)> Run(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        string[] seen = args.Contains("--namespace") || args[0] == "verify" ? [] : ["--global"];
        var code = await ToolCommand.InvokeAsync([.. args, "--datastore-root", _runs.Root, .. seen], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
