using Metaflow.Cli.Output;
using Metaflow.Metadata.Records;
using Metaflow.Runtime;
using StepState = Metaflow.Client.StepState;

namespace Metaflow.Tests.Cli;

public sealed class LiveRunDisplayTests
{
    private readonly StoppedClock _clock = new();

    [Fact]
    public async Task Run_OnATerminal_PaintsOutputAndTheFinalTable()
    {
        var console = new CliHarness.CapturedConsole { IsTerminal = true, Width = 80 };
        var display = new LiveRunDisplay(console, _clock, SampleFlow.Definition);
        var attempt = new TaskAttempt("Start", 1, 0, 99, null);

        display.RunStarting("SampleFlow", "7");
        display.AttemptStarted(attempt);
        display.Output(attempt, LogStream.Out, _clock.GetUtcNow(), "progress 10 %\rprogress 20 %\u001b[31m");
        display.AttemptFinished(attempt, AttemptOutcome.Failed, "it broke");
        display.Notice("careful");
        display.RunFinished(new("7", RunStatus.Failed, null, 0, TimeSpan.Zero));
        await display.DisposeAsync();

        var text = console.Out.ToString()!;
        Assert.Contains("progress 20 %\uFFFD[31m", text, StringComparison.Ordinal);
        Assert.DoesNotContain("progress 10 %", text, StringComparison.Ordinal);
        Assert.Contains("it broke", text, StringComparison.Ordinal);
        Assert.Contains("Task failed.", text, StringComparison.Ordinal);
        Assert.Contains("careful", text, StringComparison.Ordinal);
        Assert.Contains("SampleFlow run 7 failed, 0.00 s", text, StringComparison.Ordinal);
        Assert.Contains("✗ Start", text, StringComparison.Ordinal);
        Assert.Contains("· End", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Board_CountsTasksOfAStep()
    {
        var board = new LiveBoard(SampleFlow.Definition, _clock);
        board.Start("7");
        board.Expect("End", 12_000);
        for (var task = 1; task <= 4; task++)
        {
            board.AttemptStarted(new("End", task, 0, 99, null));
        }

        board.AttemptFinished(new("End", 1, 0, 99, null), AttemptOutcome.Succeeded);
        board.AttemptFinished(new("End", 2, 0, 99, null), AttemptOutcome.WillRetry);
        board.AttemptStarted(new("End", 2, 1, 99, null));
        _clock.Advance(TimeSpan.FromSeconds(90));

        Assert.Equal(
            [
                new LiveRow(0, "Start", StepState.Waiting, "", "", ""),
                new LiveRow(1, "End", StepState.Running, "1/12,000", "3 running, 1 retried", "1 min 30 s"),
            ],
            board.Rows());
        Assert.Equal("SampleFlow run 7, 1 min 30 s", board.Title);
    }

    [Fact]
    public void Board_RunEndsEarly_MarksTheStepAsStopped()
    {
        var board = new LiveBoard(SampleFlow.Definition, _clock);
        board.Start("7");
        board.Expect("End", 3);
        board.AttemptStarted(new("End", 1, 0, 99, null));
        board.AttemptFinished(new("End", 1, 0, 99, null), AttemptOutcome.Succeeded);
        board.Finish(RunStatus.Interrupted);
        _clock.Advance(TimeSpan.FromSeconds(90));

        Assert.Equal(new LiveRow(1, "End", StepState.Stopped, "1/3", "", "0.00 s"), board.Rows()[1]);
        Assert.Equal("SampleFlow run 7 interrupted, 0.00 s", board.Title);
    }

    [Fact]
    public void Queue_MoreLinesThanItKeeps_SaysHowManyAreLeftOut()
    {
        var queue = new LineQueue();
        for (var i = 0; i < LineQueue.Limit + 5; i++)
        {
            queue.Add(new(DisplayLineKind.Output, 0, "Start/1", $"line {i}"));
        }

        var lines = queue.Take();

        Assert.Equal(LineQueue.Limit + 1, lines.Count);
        Assert.Equal("… 5 earlier lines are not shown; 'logs' has them …", lines[0].Text);
        Assert.Equal("line 5", lines[1].Text);
        Assert.Empty(queue.Take());
    }
}
