using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Xml.Linq;

namespace Metaflow.Programs.Tests;

/// <summary>The samples that use what runs have left.</summary>
public sealed class UseTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Serve_WhenANewerRunSucceeds_SwapsTheModel()
    {
        var flow = await Sample.BuildAsync("retrain");
        var sample = await Sample.BuildAsync("serve");
        using var server = await Server.StartAsync(sample.Program, _folder.Path);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.GetAsync("/predict?x=1")).Status);
        await flow.SucceedAsync(_folder.Path, "run", "--goal", "0.5");
        var first = JsonDocument.Parse((await server.GetAsync("/predict?x=1")).Body).RootElement;
        await flow.RunAsync(_folder.Path, "run", "--max-rounds", "none");
        await flow.SucceedAsync(_folder.Path, "run", "--goal", "0.2");
        var second = JsonDocument.Parse((await server.GetAsync("/predict?x=1")).Body).RootElement;
        var model = JsonDocument.Parse((await server.GetAsync("/model")).Body).RootElement;

        Assert.Equal(("RetrainFlow/1", "RetrainFlow/2"), (first.GetProperty("run").GetString(), second.GetProperty("run").GetString()));
        Assert.NotEqual(first.GetProperty("y").GetDouble(), second.GetProperty("y").GetDouble());
        Assert.InRange(second.GetProperty("y").GetDouble(), 4.5, 5.5);
        Assert.Equal("RetrainFlow/2", model.GetProperty("run").GetString());
    }

    [Fact]
    public async Task Compare_TwoRuns_TellsTheChangeAndItsEffect()
    {
        var flow = await Sample.BuildAsync("retrain");
        var sample = await Sample.BuildAsync("compare");
        var none = await sample.RunAsync(_folder.Path, "RetrainFlow");
        await flow.SucceedAsync(_folder.Path, "run", "--goal", "0.5");
        var one = await sample.RunAsync(_folder.Path, "RetrainFlow");
        await flow.SucceedAsync(_folder.Path, "run", "--goal", "0.2");

        var two = await sample.SucceedAsync(_folder.Path, "RetrainFlow");
        var wrong = await sample.RunAsync(_folder.Path, "RetrianFlow");

        Assert.Equal((1, 1, 1), (none.ExitCode, one.ExitCode, wrong.ExitCode));
        Assert.Contains("There is no store", none.Error, StringComparison.Ordinal);
        Assert.Contains("has only one run", one.Error, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'RetrainFlow'?", wrong.Error, StringComparison.Ordinal);
        Assert.StartsWith("RetrainFlow/1 → RetrainFlow/2: not the same\n", two, StringComparison.Ordinal);
        Assert.Contains("  Parameter Goal: 0.5 → 0.2\n", two, StringComparison.Ordinal);
        Assert.Contains("  Tasks     Train: nothing → ", two, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plot_OfARun_IsAPicture()
    {
        var flow = await Sample.BuildAsync("retrain");
        var sample = await Sample.BuildAsync("plot");
        await flow.SucceedAsync(_folder.Path, "run");

        var said = await sample.SucceedAsync(_folder.Path, "picture.svg");

        var picture = XDocument.Load(Path.Join(_folder.Path, "picture.svg")).Root!;
        var rounds = picture.Elements().Count(shape => shape.Name.LocalName == "line");
        Assert.Equal("svg", picture.Name.LocalName);
        Assert.Equal(100, picture.Elements().Count(shape => shape.Name.LocalName == "circle"));
        Assert.True(rounds > 1);
        Assert.Equal($"picture.svg: {rounds} rounds of RetrainFlow/1\n", said);
    }

    [Fact]
    public async Task Search_OverAParameter_RunsTheProgramForEachValue()
    {
        var flow = await Sample.BuildAsync("retrain");
        var sample = await Sample.BuildAsync("search");

        var output = await sample.SucceedAsync(_folder.Path, flow.Program);

        Assert.Contains("RetrainFlow/1  Round 1: error", output, StringComparison.Ordinal);
        Assert.Contains("RetrainFlow/3  Round 1: error", output, StringComparison.Ordinal);
        Assert.Contains("Goal 0.2: error 0.", output, StringComparison.Ordinal);
        Assert.Equal(3, Directory.GetDirectories(Path.Join(_folder.Path, ".metaflow", "runs", "RetrainFlow")).Length);
    }

    [Fact]
    public async Task Search_OverAFileOfCSharp_BuildsAndRunsIt()
    {
        var sample = await Sample.BuildAsync("search");

        var output = await Sample.AloneAsync(() => sample.SucceedAsync(_folder.Path));

        Assert.Contains("Goal 0.2: error 0.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_OverAProgramThatRefuses_SaysWhatItSaid()
    {
        var hello = await Sample.BuildAsync("hello");
        var sample = await Sample.BuildAsync("search");

        var result = await sample.RunAsync(_folder.Path, hello.Program);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("The program ended with exit code 2 before its run began.", result.Error, StringComparison.Ordinal);
        Assert.Contains("'run' has no option '--goal'", result.Error, StringComparison.Ordinal);
        Assert.True(_folder.IsEmpty);
    }

    /// <summary>The sample's server, on a port of its own.</summary>
    private sealed class Server : IDisposable
    {
        private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

        private readonly Process _process;
        private readonly HttpClient _http;

        private Server(Process process, Uri address)
        {
            _process = process;
            _http = new() { BaseAddress = address };
        }

        public static async Task<Server> StartAsync(string program, string directory)
        {
            const string Listening = "Now listening on: ";
            var process = Shell.Start(directory, program, "--urls", "http://127.0.0.1:0");
            using var limit = new CancellationTokenSource(Limit);
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
                {
                    // Nobody reads further lines; they are few.
                    return new(process, new(line[(at + Listening.Length)..].Trim()));
                }
            }

            throw new InvalidOperationException($"The server ended: {await process.StandardError.ReadToEndAsync(limit.Token)}");
        }

        public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
        {
            using var answer = await _http.GetAsync(path, TestContext.Current.CancellationToken);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        public void Dispose()
        {
            _http.Dispose();
            _process.Kill(entireProcessTree: true);
            _process.Dispose();
        }
    }
}
