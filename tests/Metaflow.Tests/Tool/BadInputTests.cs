using Metaflow.Tests.Client;
using Metaflow.Tests.Comparison;
using Metaflow.Tool;

namespace Metaflow.Tests.Tool;

/// <summary>What the tool says to names and paths that do not fit.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly ClientRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData(1, "There is no flow 'Marsk' in *", "runs", "Marsk")]
    [InlineData(1, "*Did you mean 'MarksFlow'?*", "runs", "MarksFolw")]
    [InlineData(1, "*'M' fits several flows: MarksFlow, MixedFlow, ModelFlow. Write more of its name.", "runs", "M")]
    [InlineData(1, "There is no run MarksFlow/7 in *. The latest run of MarksFlow is 1.", "steps", "MarksFlow/7")]
    [InlineData(1, "There is no run MarksFlow/7 in *", "tag", "list", "marks/7")]
    [InlineData(2, "'MarksFlow/one': 'one' is not the id of a run. Ids are numbers from 1, or 'latest', or 'latest-successful'.", "tag", "list", "MarksFlow/one")]
    [InlineData(2, "'MarksFlow' does not name a run. Write it as FLOW/RUN.", "tag", "list", "MarksFlow")]
    [InlineData(1, "Run MarksFlow/1 has no step 'Rote'. Did you mean 'Rate'? Its steps: Start, Rate, Join, End.", "tasks", "MarksFlow/1/Rote")]
    [InlineData(1, "Step Rate of run MarksFlow/1 has no task 99 that has ended. Its first one is 2.", "artifacts", "MarksFlow/1/Rate/99")]
    [InlineData(1, "*Did you mean 'MarksFlow/1/Start/1'?", "logs", "MarksFlow/1/Rate/1")]
    [InlineData(1, "MarksFlow/1/Join/5 has no artifact 'Marsk'. Did you mean 'Marks'?*", "artifacts", "MarksFlow/1/Join/5/Marsk")]
    [InlineData(1, "Artifact 'Marks' is not set in MarksFlow/1/Rate/2*Did you mean 'Mark'?*", "artifacts", "MarksFlow/1/Rate/2/Marks")]
    [InlineData(2, "'Top' is no condition.*", "runs", "--parameter", "Top")]
    [InlineData(1, "There is no run ModelFlow/9 in *", "diff", "ModelFlow/9", "ModelFlow/1")]
    [InlineData(1, "*Did you mean 'ModelFlow'?*", "diff", "ModleFlow/1", "ModelFlow/1")]
    public async Task Ask_WhatIsNotThere_SaysWhatIs(int code, string expected, params string[] line) =>
        await SaysAsync(code, expected, [.. line, "--global"]);

    [Theory]
    [InlineData("Run MixedFlow/2, which bob started, is not in the namespace 'user:ada'. --namespace user:bob sees it; --global looks at the runs of everybody.", "tag", "list", "MixedFlow/2")]
    [InlineData("ModelFlow has runs, but none in the namespace 'user:ada'. --namespace user:bob sees it; --global*", "runs", "ModelFlow")]
    public async Task Ask_OutsideTheNamespace_SaysHowToSeeIt(string expected, params string[] line) =>
        await SaysAsync(1, expected, [.. line, "--namespace", "user:ada"]);

    private async Task SaysAsync(int code, string expected, string[] line)
    {
        await _runs.RunAsync(new MarksFlow());
        await _runs.RunAsync(new ModelFlow(), user: "bob");
        await _runs.RunAsync(new MixedFlow());
        await _runs.RunAsync(new MixedFlow(), user: "bob");
        using var output = new StringWriter();
        using var error = new StringWriter();

        var result = await ToolCommand.InvokeAsync([.. line, "--datastore-root", _runs.Root], output, error);

        Assert.Matches($"(?s)^error: {System.Text.RegularExpressions.Regex.Escape(expected).Replace(@"\*", ".*", StringComparison.Ordinal)}$", error.ToString().TrimEnd());
        Assert.Equal((code, ""), (result, output.ToString()));
    }
}
