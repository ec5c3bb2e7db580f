using System.Text.Json.Nodes;
using Metaflow.Provenance;
using Metaflow.Tests.Client;
using Metaflow.Tests.Comparison;
using Metaflow.Tests.Storage;
using Metaflow.Tool;

namespace Metaflow.Tests.Tool;

/// <summary><c>code</c>, <c>run show</c> and <c>reproduce</c>, as they are typed.</summary>
public sealed class CodeCommandTests : IDisposable
{
    private readonly ClientRuns _runs = new();
    private readonly TestFolder _sources = new();

    public void Dispose()
    {
        _runs.Dispose();
        _sources.Dispose();
    }

    [Fact]
    public async Task Show_OfARun_ListsFilesAndPrintsOne()
    {
        await RunAsync("// one\n");

        Assert.Contains("App.csproj\n", (await Run("code", "show", "model/1")).Output, StringComparison.Ordinal);
        Assert.Equal("// one\n", (await Run("code", "show", "model/1", "flow.cs")).Output);
        var json = JsonNode.Parse((await Run("code", "show", "model/1", "--json")).Output)!;
        Assert.Equal(["App.csproj", "sub/flow.cs"], json["files"]!.AsArray().Select(file => (string?)file!["path"]));
        Assert.Equal(("project", "App.csproj"), ((string?)json["kind"], (string?)json["entry"]));
    }

    [Fact]
    public async Task Diff_OfTwoRunsAndOfNow_ShowsHunks()
    {
        await RunAsync("// one\n");
        await RunAsync("// two\n");
        File.WriteAllText(_sources["sub/flow.cs"], "// three\n");

        var runs = await Run("code", "diff", "model/1", "model/2", "--exit-code");
        var now = await Run("code", "diff", "model/2");
        var json = JsonNode.Parse((await Run("code", "diff", "model/1", "model/2", "--json")).Output)!;

        Assert.Equal(1, runs.Code);
        Assert.Equal("--- ModelFlow/1:sub/flow.cs\n+++ ModelFlow/2:sub/flow.cs\n@@ -1,1 +1,1 @@\n-// one\n+// two\n", runs.Output);
        Assert.Contains("-// two\n+// three\n", now.Output, StringComparison.Ordinal);
        Assert.Equal(("sub/flow.cs", "changed"), ((string?)json["files"]![0]!["path"], (string?)json["files"]![0]!["change"]));
    }

    [Fact]
    public async Task Pull_OfARun_WritesItsFiles()
    {
        await RunAsync("// one\n");
        using var target = new TestFolder();

        var (code, output, error) = await Run("code", "pull", "model/1", target["out"]);
        var again = await Run("code", "pull", "model/1", target["out"]);

        Assert.True(code == 0, error);
        Assert.StartsWith("Wrote 2 files of ModelFlow/1 to ", output, StringComparison.Ordinal);
        Assert.Equal("// one\n", File.ReadAllText(target["out/sub/flow.cs"]));
        Assert.Equal(1, again.Code);
        Assert.Contains("is not empty", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunShow_OfARun_TellsWhatProducedIt()
    {
        await RunAsync("// one\n");

        var text = (await Run("run", "show", "model/1")).Output;
        var json = JsonNode.Parse((await Run("run", "show", "model/1", "--json")).Output)!;

        Assert.Contains("code       project App.csproj, 2 files", text, StringComparison.Ordinal);
        Assert.Contains(Environment.MachineName, text, StringComparison.Ordinal);
        Assert.Equal("ModelFlow/1", (string?)json["run"]!["path"]);
        Assert.Equal(0.5, (double?)json["parameters"]!["Rate"]!["value"]);
        Assert.Equal("1.0.0", (string?)json["environment"]!["metaflow"]);
        Assert.NotEmpty(json["environment"]!["packages"]!.AsArray());
        Assert.Empty(json["reproductions"]!.AsArray());
    }

    [Fact]
    public async Task Commands_OfARunWithoutARecord_SayWhy()
    {
        await _runs.RunAsync(new ModelFlow());

        Assert.Contains("are not recorded", (await Run("code", "show", "model/1")).Error, StringComparison.Ordinal);
        Assert.Contains("not recorded", (await Run("run", "show", "model/1")).Output, StringComparison.Ordinal);
        Assert.Null(JsonNode.Parse((await Run("run", "show", "model/1", "--json")).Output)!["code"]);
    }

    [Fact]
    public async Task Reproduce_WhatCannotBeRestored_FailsAndIsShownWithTheRun()
    {
        await _runs.RunAsync(new ModelFlow());

        var (code, output, _) = await Run("reproduce", "model/1");
        var json = JsonNode.Parse((await Run("run", "show", "model/1", "--json")).Output)!;

        Assert.Equal(1, code);
        Assert.StartsWith("cannot be restored: its sources are not recorded", output, StringComparison.Ordinal);
        Assert.Equal("impossible", (string?)json["reproductions"]![0]!["verdict"]);
        Assert.Equal(2, (await Run("reproduce", "model/1", "--tolerance", "-1")).Code);
    }

    private async Task RunAsync(string text)
    {
        Directory.CreateDirectory(_sources["sub"]);
        File.WriteAllText(_sources["App.csproj"], "<Project />");
        File.WriteAllText(_sources["sub/flow.cs"], text);
        _runs.Provenance = new()
        {
            Version = "1.0.0", WorkingDirectory = _sources.Path, Source = new(SourceKind.Project, _sources["App.csproj"], null, null, null, null),
        };
        await _runs.RunAsync(new ModelFlow());
    }

    private async Task<(int Code, string Output, string Error)> Run(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await ToolCommand.InvokeAsync([.. args, "--datastore-root", _runs.Root, "--global"], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
