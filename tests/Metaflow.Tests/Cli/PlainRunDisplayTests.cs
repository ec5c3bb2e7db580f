using Metaflow.Cli.Output;
using Metaflow.Metadata.Records;
using Metaflow.Runtime;

namespace Metaflow.Tests.Cli;

public sealed class PlainRunDisplayTests : IAsyncDisposable
{
    private const string Stamp = "2026-01-31 13:45:00.000 ";

    private readonly CliHarness.CapturedConsole _console = new();
    private readonly StoppedClock _clock = new();
    private readonly PlainRunDisplay _display;

    public PlainRunDisplayTests()
    {
        _display = new(_console, _clock, ["Start", "Rank", "Join"]);
        _display.RunStarting("SampleFlow", "7");
    }

    private IReadOnlyList<string> Lines => _console.Out.ToString()!.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n')[1..];

    public ValueTask DisposeAsync() => _display.DisposeAsync();

    [Fact]
    public void Task_RunsThrough_IsToldLineByLine()
    {
        var attempt = new TaskAttempt("Start", 1, 0, 99, null);

        _display.AttemptStarted(attempt);
        _display.Output(attempt, LogStream.Out, _clock.GetUtcNow().AddSeconds(1.5), "  indented");
        _display.Split(attempt, "Rank", 3);
        _display.AttemptFinished(attempt, AttemptOutcome.Succeeded, null);

        Assert.Equal(
            [
                Stamp + "[7/Start/1 (pid 99)] Task is starting.",
                "2026-01-31 13:45:01.500 [7/Start/1 (pid 99)]   indented",
                Stamp + "[7/Start/1 (pid 99)] Foreach yields 3 child steps.",
                Stamp + "[7/Start/1 (pid 99)] Task finished successfully.",
            ],
            Lines);
    }

    [Fact]
    public void Task_FailsAndIsRetried_TellsTheReasonOnce()
    {
        var first = new TaskAttempt("Rank", 5, 0, 99, "Drama");
        var second = first with { Attempt = 1, ProcessId = 100 };

        _display.AttemptStarted(first);
        _display.Output(first, LogStream.Error, _clock.GetUtcNow(), "<flow SampleFlow step Rank[3] (input: 3)> failed:");
        _display.Output(first, LogStream.Error, _clock.GetUtcNow(), "System.Exception: bad luck");
        _display.AttemptFinished(first, AttemptOutcome.WillRetry, "bad luck");
        _display.AttemptStarted(second);
        _display.AttemptFinished(second, AttemptOutcome.Failed, "the process ended with signal 11\nand left no trace");

        Assert.Equal(
            [
                Stamp + "[7/Rank/5 (pid 99)] Task is starting.",
                Stamp + "[7/Rank/5 (pid 99)] <flow SampleFlow step Rank[3] (input: 3)> failed:",
                Stamp + "[7/Rank/5 (pid 99)] System.Exception: bad luck",
                Stamp + "[7/Rank/5 (pid 99)] Task failed; it will be retried.",
                Stamp + "[7/Rank/5 (pid 100)] Task is starting (retry).",
                Stamp + "[7/Rank/5 (pid 100)] the process ended with signal 11",
                Stamp + "[7/Rank/5 (pid 100)] and left no trace",
                Stamp + "[7/Rank/5 (pid 100)] Task failed.",
            ],
            Lines);
    }

    [Fact]
    public void WideStep_OfTenThousand_PrintsTheFirstTasksAndTenths()
    {
        _display.Split(new("Start", 1, 0, 99, null), "Rank", 10_000);

        for (var task = 2; task < 10_002; task++)
        {
            Run(new("Rank", task, 0, 99, null));
        }

        var progress = Lines.Where(line => line.Contains("tasks finished", StringComparison.Ordinal)).ToList();
        Assert.Equal(StepProgress.ToldOfWide, Lines.Count(line => line.EndsWith("Task is starting.", StringComparison.Ordinal)));
        Assert.Equal(StepProgress.ToldOfWide, Lines.Count(line => line.EndsWith("Task finished successfully.", StringComparison.Ordinal)));
        Assert.Equal(10, progress.Count);
        Assert.Equal(Stamp + "[7/Rank] 1,000 of 10,000 tasks finished, 0 running.", progress[0]);
        Assert.Equal(Stamp + "[7/Rank] 10,000 of 10,000 tasks finished, 0 running.", progress[^1]);
    }

    [Fact]
    public void WideStep_Slow_TellsProgressEachSecond()
    {
        _display.Split(new("Start", 1, 0, 99, null), "Rank", 10_000);
        for (var task = 2; task < 42; task++)
        {
            Run(new("Rank", task, 0, 99, null));
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        _display.AttemptStarted(new("Rank", 42, 0, 99, null));
        _display.AttemptStarted(new("Rank", 43, 0, 99, null));

        Assert.Equal("2026-01-31 13:45:01.000 [7/Rank] 40 of 10,000 tasks finished, 1 running.", Lines[^1]);
    }

    [Fact]
    public void WideStep_OutputRetriesAndFailures_AreAlwaysTold()
    {
        _display.Split(new("Start", 1, 0, 99, null), "Rank", 10_000);
        for (var task = 2; task < 102; task++)
        {
            Run(new("Rank", task, 0, 99, null));
        }

        var attempt = new TaskAttempt("Rank", 500, 0, 99, null);
        _display.AttemptStarted(attempt);
        _display.Output(attempt, LogStream.Out, _clock.GetUtcNow(), "hello");
        _display.AttemptFinished(attempt, AttemptOutcome.WillRetry, "no");
        _display.AttemptStarted(attempt with { Attempt = 1 });
        _display.AttemptFinished(attempt with { Attempt = 1 }, AttemptOutcome.Caught, "no");

        Assert.Equal(
            [
                Stamp + "[7/Rank/500 (pid 99)] hello",
                Stamp + "[7/Rank/500 (pid 99)] no",
                Stamp + "[7/Rank/500 (pid 99)] Task failed; it will be retried.",
                Stamp + "[7/Rank/500 (pid 99)] Task is starting (retry).",
                Stamp + "[7/Rank/500 (pid 99)] no",
                Stamp + "[7/Rank/500 (pid 99)] Task failed; its Catch lets the flow go on.",
            ],
            Lines.TakeLast(6));
    }

    [Fact]
    public void StepOfUnknownWidth_BecomesWideAfterItsFirstTasks()
    {
        for (var task = 2; task < 502; task++)
        {
            Run(new("Score", task, 0, 99, null));
        }

        Assert.Equal(StepProgress.WideFrom, Lines.Count(line => line.EndsWith("Task is starting.", StringComparison.Ordinal)));
    }

    [Fact]
    public void NarrowStep_IsToldWhole()
    {
        _display.Split(new("Start", 1, 0, 99, null), "Rank", StepProgress.WideFrom);

        for (var task = 2; task < 2 + StepProgress.WideFrom; task++)
        {
            Run(new("Rank", task, 0, 99, null));
        }

        Assert.Equal(StepProgress.WideFrom, Lines.Count(line => line.EndsWith("Task finished successfully.", StringComparison.Ordinal)));
        Assert.DoesNotContain(Lines, line => line.Contains("tasks finished", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(RunStatus.Succeeded, "Done!")]
    [InlineData(RunStatus.Failed, "Workflow failed.")]
    [InlineData(RunStatus.Interrupted, "Workflow interrupted.")]
    internal void RunFinished_SaysHow(RunStatus status, string expected)
    {
        _display.RunFinished(new("7", status, null, 0, TimeSpan.Zero));

        Assert.Equal(Stamp + expected, Lines[^1]);
    }

    [Fact]
    public void LongRun_TellsHowItStandsEveryFiveMinutes()
    {
        _display.AttemptStarted(new("Start", 1, 0, 99, null));
        _clock.Advance(TimeSpan.FromMinutes(5));
        _display.AttemptFinished(new("Start", 1, 0, 99, null), AttemptOutcome.Succeeded, null);
        _display.AttemptStarted(new("Rank", 2, 0, 99, null));
        _display.AttemptStarted(new("Rank", 3, 0, 99, null));
        _display.AttemptStarted(new("Rank", 4, 0, 99, null));
        _display.AttemptFinished(new("Rank", 2, 0, 99, null), AttemptOutcome.Succeeded, null);
        _clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(
            [
                "2026-01-31 13:50:00.000 1 task is running: Start (1 running; 0 done).",
                "2026-01-31 13:50:00.000 Steps that have not started: Rank, Join.",
            ],
            Lines.Skip(1).Take(2));
        Assert.Equal(
            [
                "2026-01-31 13:55:00.000 2 tasks are running: Rank (2 running; 1 done).",
                "2026-01-31 13:55:00.000 Steps that have not started: Join.",
            ],
            Lines.TakeLast(2));
    }

    [Theory]
    [InlineData(1, "Took over 1 finished task of run 3; it is not executed again.")]
    [InlineData(2000, "Took over 2,000 finished tasks of run 3; they are not executed again.")]
    public void Adopted_SaysHowMany(int tasks, string expected)
    {
        _display.Adopted("3", tasks);

        Assert.Equal(Stamp + expected, Lines[^1]);
    }

    [Fact]
    public void Notice_GoesToPeople()
    {
        _display.Notice("the index is behind");

        Assert.Equal("the index is behind\n", _console.Error.ToString()!.ReplaceLineEndings("\n"));
    }

    private void Run(in TaskAttempt attempt)
    {
        _display.AttemptStarted(attempt);
        _display.AttemptFinished(attempt, AttemptOutcome.Succeeded, null);
    }
}
