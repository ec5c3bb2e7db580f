using Metaflow.FlowMatrix.Running;
using Metaflow.Metadata.Records;

namespace Metaflow.FlowMatrix.Cases;

/// <summary>How often failing steps are tried, what their attempts leave, and what is caught in the end.</summary>
public sealed class CatchRetryTests : IDisposable
{
    private const int Limit = 60_000;

    private readonly FlowProgramWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory(Timeout = Limit)]
    [InlineData("worker", false)]
    [InlineData("worker", true)]
    [InlineData("process", false)]
    [InlineData("process", true)]
    [InlineData("none", false)]
    public async Task Steps_FailAndAreCaught_AttemptsAndExceptionAreRecorded(string isolation, bool kill)
    {
        var result = await _world.RunAsync(
            "CatchRetryFlow", "run", "--isolation", isolation, "--max-workers", "2", "--kill", kill ? "true" : "false");

        Assert.True(result.ExitCode == 0, result.ToString());
        var run = _world.Open("CatchRetryFlow");
        foreach (var (step, attempts) in ((string, int)[])[("Start", 4), ("Left", 3), ("Right", 1), ("Join", 3), ("End", kill ? 4 : 3)])
        {
            var all = run.Attempts.Where(attempt => attempt.Step == step).ToList();
            Assert.Equal(Enumerable.Range(0, attempts), all.Select(attempt => attempt.Record.Attempt));
            Assert.All(all.SkipLast(1), attempt => Assert.Equal(AttemptOutcome.WillRetry, attempt.Record.Outcome));
            Assert.All(all.SkipLast(1), attempt => Assert.False(run.Has(attempt, "Test") && run.Read<string>(attempt, "Test") == "lost"));
        }

        Assert.Equal(["attempt 3"], run.Log(run.Single("Start"), LogStream.Out));
        Assert.Equal((3, 2, 2), (run.Read<int>(run.Single("Start"), "Attempt"), run.Read<int>(run.Single("Left"), "Attempt"), run.Read<int>(run.Single("Join"), "Attempt")));
        var end = run.Single("End");
        var error = run.Read<CaughtException>(end, "Error");
        Assert.Equal(AttemptOutcome.Caught, end.Record.Outcome);
        Assert.Equal(kill ? "SIGKILL" : "System.NotSupportedException", error.Type);
        Assert.Equal("kept", run.Read<string>(end, "Test"));
        Assert.True(kill || error.Message == "attempt 2");
        Assert.Contains(run.Log(end, LogStream.Error), line => line.StartsWith("[Catch] caught an exception from <flow CatchRetryFlow step End>", StringComparison.Ordinal));
        Assert.Contains(run.Log(end, LogStream.Error), line => line.Contains(error.Message, StringComparison.Ordinal));
    }

    [Theory(Timeout = Limit)]
    [InlineData("timeout:seconds=0.2,grace-seconds=0.2", "was ended by force after 0.4 seconds")]
    [InlineData("timeout:seconds=0.2,grace-seconds=0", "was ended by force after 0.2 seconds")]
    public async Task With_Timeout_EndsAStepThatDoesNotListen(string with, string message)
    {
        var result = await _world.RunAsync("CrashFlow", "run", "--way", "hang", "--with", with, "--with", "retry:times=1");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Equal(2, _world.Open("CrashFlow").Attempts.Count(attempt => attempt.Step == "Middle"));
    }

    [Fact(Timeout = Limit)]
    public async Task OnFailureFinish_CaughtByNobody_RunsTheOtherBranches()
    {
        var result = await _world.RunAsync("FinishingFlow", "run", "--on-failure", "finish", "--max-workers", "1");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Step Work (task-id 2) failed: first", result.Error, StringComparison.Ordinal);
        var run = _world.Open("FinishingFlow");
        Assert.Equal("failed", run.Status);
        Assert.Equal(2, run.Tasks.Count(task => task is { Step: "Work", HasResult: true }));
        Assert.Contains("Hook: failed, 3 tasks", result.Out, StringComparison.Ordinal);
    }
}
