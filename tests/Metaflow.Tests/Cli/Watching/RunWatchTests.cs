using System.Text.Json;
using System.Threading.Channels;
using Metaflow.Cli.Output;
using Metaflow.Cli.Watching;
using Metaflow.Client;
using Metaflow.Tests.Client;
using Metaflow.Tests.Comparison;

namespace Metaflow.Tests.Cli.Watching;

public sealed class RunWatchTests : IDisposable
{
    private readonly StoppedClock _clock = new();
    private readonly ClientRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task Watch_ARunIsAdded_IsShownAtTheNextLook()
    {
        await _runs.RunAsync(new MarksFlow());
        using var client = _runs.Open();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var view = new RecordingView();
        var watching = new RunWatch(() => client.Runs(), _clock).FollowAsync(view, end.Token);
        var first = await view.Pictures.ReadAsync(end.Token);

        await _runs.RunAsync(new MarksFlow());
        _clock.Advance(TimeSpan.FromSeconds(1));
        var second = await view.Pictures.ReadAsync(end.Token);
        await end.CancelAsync();
        await watching;

        Assert.Equal(["MarksFlow/1"], first.Select(run => run.PathSpec));
        Assert.Equal(["MarksFlow/2", "MarksFlow/1"], second.Select(run => run.PathSpec));
        Assert.Equal("succeeded", second[0].Status);
        Assert.All(second[0].Steps, step => Assert.Equal(StepState.Done, step.State));
        Assert.Equal(3, second[0].Steps.Single(step => step.Name == "Rate").Ended);
    }

    [Fact]
    public async Task Progress_OfAFailedRun_HasTheStateOfEachStep()
    {
        await _runs.RunAsync(new ModelFlow { Rate = -1 });
        using var client = _runs.Open();

        var run = client.Run("ModelFlow/1");
        var progress = new ProgressReader().Read(run.Stored, run.Row);

        Assert.Equal("failed", progress.Status);
        Assert.Contains(progress.Steps, step => step.State == StepState.Failed);
        Assert.Equal(StepState.Waiting, progress.Steps[^1].State);
    }

    [Fact]
    public async Task Table_OfRuns_HasAStepsRowOnlyForThoseThatGoOn()
    {
        var console = new CliHarness.CapturedConsole { IsTerminal = true };
        await using var table = new WatchTable(console, _clock, "/store");

        var frame = table.Frame([Running(), Failed()]);

        Assert.Equal("/store: 1 run goes on. Ctrl-C ends this.", frame.Title);
        Assert.Equal(
            [
                new LiveRow(0, "GenreFlow/3", StepState.Running, "513 tasks", "running · 13:44:00 · ada · nightly", "1 min 0 s"),
                new LiveRow(0, "Start", StepState.Done, "1", "", "1.00 s") { IsPart = true },
                new LiveRow(1, "Rank", StepState.Running, "512/12,000", "2 running, 1 retried", "59.0 s") { IsPart = true },
                new LiveRow(1, "GenreFlow/2", StepState.Failed, "1 task", "failed · 2026-01-30 13:45 · ada", "2.00 s"),
            ],
            frame.Rows);
    }

    [Fact]
    public async Task Table_OnATerminal_IsPainted()
    {
        var console = new CliHarness.CapturedConsole { IsTerminal = true };
        await using (var table = new WatchTable(console, _clock, "/store"))
        {
            table.Show([Running(), Failed()]);
        }

        var text = console.Out.ToString()!;
        Assert.Contains("● GenreFlow/3", text, StringComparison.Ordinal);
        Assert.Contains("  ● Rank", text, StringComparison.Ordinal);
        Assert.Contains("✗ GenreFlow/2", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_OfRunsThatHaveNotChanged_AreNotRepeated()
    {
        var output = new StringWriter();
        await using var lines = new WatchLines(output, _clock);

        lines.Show([Running(), Failed()]);
        lines.Show([Running(), Failed()]);

        Assert.Equal(
            """
            2026-01-31 13:45:00.000 [GenreFlow/2] failed after 2.00 s: 1 task, 1 failed.
            2026-01-31 13:45:00.000 [GenreFlow/3] running: Start 1, Rank 512/12,000 (2 running, 1 retried).

            """.ReplaceLineEndings("\n"),
            output.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Json_OfARun_IsALineWithItsSteps()
    {
        var output = new StringWriter();
        await using var json = new WatchJson(output);

        json.Show([Running()]);
        json.Show([Running()]);

        var line = Assert.Single(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var run = JsonDocument.Parse(line).RootElement;
        Assert.Equal(("GenreFlow", "3", "running"), (run.GetProperty("flow").GetString(), run.GetProperty("run").GetString(), run.GetProperty("status").GetString()));
        var rank = run.GetProperty("steps")[1];
        Assert.Equal((12_000, 512, "running"), (rank.GetProperty("expected").GetInt32(), rank.GetProperty("succeeded").GetInt32(), rank.GetProperty("state").GetString()));
    }

    [Theory]
    [InlineData(0, 0, 3, false, StepState.Running)]
    [InlineData(3, 0, 3, false, StepState.Done)]
    [InlineData(2, 1, 3, false, StepState.Failed)]
    [InlineData(2, 0, 3, true, StepState.Stopped)]
    [InlineData(0, 0, 0, true, StepState.Waiting)]
    internal void State_OfAStep_FollowsFromItsCounts(long succeeded, long failed, long expected, bool isCutShort, StepState state)
    {
        var step = new StepTally
        {
            Name = "Rank", HasStarted = true, Succeeded = succeeded, Failed = failed, Expected = expected, IsOver = isCutShort, IsCutShort = isCutShort,
        };

        Assert.Equal(state, step.State);
    }

    private RunProgress Running()
    {
        var start = _clock.GetUtcNow().AddMinutes(-1);
        var micros = start.ToUnixTimeMilliseconds() * 1000;
        return new()
        {
            Flow = "GenreFlow", RunId = 3, Status = "running", User = "ada", Tags = ["nightly"], Started = start, Running = [],
            Steps =
            [
                new() { Name = "Start", HasStarted = true, Succeeded = 1, Expected = 1, FirstStartedMicros = micros, LastFinishedMicros = micros + 1_000_000 },
                new() { Name = "Rank", HasStarted = true, Succeeded = 512, Running = 2, Retried = 1, Expected = 12_000, FirstStartedMicros = micros + 1_000_000 },
                new() { Name = "End" },
            ],
        };
    }

    private RunProgress Failed() => new()
    {
        Flow = "GenreFlow", RunId = 2, Status = "failed", User = "ada", Tags = [], Running = [],
        Started = _clock.GetUtcNow().AddDays(-1), Finished = _clock.GetUtcNow().AddDays(-1).AddSeconds(2),
        Steps = [new() { Name = "Start", HasStarted = true, Failed = 1, Expected = 1, IsOver = true, IsCutShort = true }],
    };

    private sealed class RecordingView : IWatchView
    {
        private readonly Channel<IReadOnlyList<RunProgress>> _pictures = Channel.CreateUnbounded<IReadOnlyList<RunProgress>>();

        public ChannelReader<IReadOnlyList<RunProgress>> Pictures => _pictures.Reader;

        public void Show(IReadOnlyList<RunProgress> runs) => _pictures.Writer.TryWrite(runs);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
