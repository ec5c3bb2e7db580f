using Metaflow.FlowMatrix.Running;
using Metaflow.Metadata.Records;

namespace Metaflow.FlowMatrix.Cases;

/// <summary>Processes that die under a task: the scheduler lives on and says why.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Limit = 60_000;

    private readonly FlowProgramWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory(Timeout = Limit)]
    [InlineData("segv", "SIGSEGV", "Task failed with a segmentation fault (SIGSEGV), most likely in native code.")]
    [InlineData("fail-fast", "SIGABRT", "The process was aborted (SIGABRT) by Environment.FailFast: no way out")]
    [InlineData("thread", "SIGABRT", "The process was aborted (SIGABRT) by an exception on another thread that nobody handled: System.InvalidOperationException: thrown on a thread")]
    [InlineData("stack", "SIGABRT", "The process was aborted (SIGABRT) by a stack overflow")]
    [InlineData("abort", "SIGABRT", "The process was aborted (SIGABRT): native code called abort")]
    [InlineData("kill", "SIGKILL", "The process was killed (SIGKILL)")]
    [InlineData("exit 0", "exit", "The process ended with exit code 0 before the task was done.")]
    [InlineData("throw", "System.InvalidOperationException", "thrown")]
    public async Task Task_Dies_RunFailsAndNamesTheCause(string way, string type, string message)
    {
        var result = await _world.RunAsync("CrashFlow", "run", "--way", way);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Out, StringComparison.Ordinal);
        Assert.Contains("Step Middle (task-id 2) failed: " + message, result.Error, StringComparison.Ordinal);
        var run = _world.Open("CrashFlow");
        Assert.Equal("failed", run.Status);
        var task = run.Single("Middle");
        Assert.Equal(AttemptOutcome.Failed, task.Record.Outcome);
        Assert.Equal(type, task.Record.Error!.Type);
        Assert.StartsWith(message, task.Record.Error.Message, StringComparison.Ordinal);
        Assert.Equal([$"leaving by {way}"], run.Log(task, LogStream.Out));
        Assert.Equal(["Start", "Middle"], run.Tasks.Select(other => other.Step));
    }

    [Fact(Timeout = Limit)]
    public async Task Exception_WithCause_IsKeptWithItsTrace()
    {
        var result = await _world.RunAsync("CrashFlow", "run", "--way", "throw");

        Assert.Equal(1, result.ExitCode);
        var run = _world.Open("CrashFlow");
        var task = run.Single("Middle");
        var log = run.Log(task, LogStream.Error);
        Assert.Equal("<flow CrashFlow step Middle> failed:", log[0]);
        Assert.Equal("System.InvalidOperationException: thrown", log[1]);
        Assert.Contains(log, line => line.Contains("FormatException: the cause", StringComparison.Ordinal));
        Assert.Contains(log, line => line.Contains("CrashFlow.Middle()", StringComparison.Ordinal));
        Assert.Equal(string.Join('\n', log.Skip(1)), task.Record.Error!.StackTrace!.ReplaceLineEndings("\n"));
    }

    [Fact(Timeout = Limit)]
    public async Task Exit202_WithRetries_IsNotRetried()
    {
        var result = await _world.RunAsync("CrashFlow", "run", "--way", "exit 202", "--with", "retry:times=3");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("this failed task will not be retried", result.Out, StringComparison.Ordinal);
        Assert.Single(_world.Open("CrashFlow").Attempts, attempt => attempt.Step == "Middle");
    }

    [Fact(Timeout = Limit)]
    public async Task Exit7_WithRetries_IsRetriedInNewProcesses()
    {
        var result = await _world.RunAsync("CrashFlow", "run", "--way", "exit 7", "--with", "retry:times=2");

        Assert.Equal(1, result.ExitCode);
        var attempts = _world.Open("CrashFlow").Attempts.Where(attempt => attempt.Step == "Middle").ToList();
        Assert.Equal([AttemptOutcome.WillRetry, AttemptOutcome.WillRetry, AttemptOutcome.Failed], attempts.Select(attempt => attempt.Record.Outcome));
        Assert.Equal(3, attempts.Select(attempt => attempt.Record.ProcessId).Distinct().Count());
        Assert.All(attempts, attempt => Assert.Equal("The process ended with exit code 7 before the task was done.", attempt.Record.Error!.Message));
    }

    [Theory(Timeout = Limit)]
    [InlineData("worker")]
    [InlineData("process")]
    public async Task Catch_EachTaskDiesInAnotherWay_JoinSeesEachCause(string isolation)
    {
        var result = await _world.RunAsync("CaughtCrashesFlow", "run", "--max-workers", "2", "--isolation", isolation);

        Assert.True(result.ExitCode == 0, result.ToString());
        var run = _world.Open("CaughtCrashesFlow");
        Assert.Equal(
            [
                "fine: fine, no error",
                "segv: lost, SIGSEGV",
                "kill: lost, SIGKILL",
                "fail-fast: lost, SIGABRT",
                "exit 0: lost, exit",
                "exit 7: lost, exit",
                "throw: lost, System.InvalidOperationException",
                "cancel: lost, System.OperationCanceledException",
                "thread: lost, SIGABRT",
                "fine: fine, no error",
            ],
            run.Read<IReadOnlyList<string>>(run.Single("Join"), "Causes"));
    }

    [Fact(Timeout = Limit)]
    public async Task Worker_DiesBetweenTasks_NextTaskGetsANewOne()
    {
        var result = await _world.RunAsync("DiesAfterwardsFlow", "run", "--max-workers", "1");

        Assert.True(result.ExitCode == 0, result.ToString());
        var attempts = _world.Open("DiesAfterwardsFlow").Attempts.Where(attempt => attempt.Step == "Start").ToList();
        Assert.Equal("System.InvalidOperationException", attempts[0].Record.Error!.Type);
        Assert.Equal(2, attempts.Select(attempt => attempt.Record.ProcessId).Distinct().Count());
    }

    [Theory(Timeout = Limit)]
    [InlineData("--recycle-after-tasks", "4", 4)]
    [InlineData("--recycle-after-memory", "1", 1)]
    public async Task Recycle_AfterTasksOrMemory_ContinuesInANewProcess(string option, string value, int tasksOfAProcess)
    {
        var result = await _world.RunAsync("WideFlow", "run", "--width", "5", "--max-workers", "1", option, value);

        Assert.True(result.ExitCode == 0, result.ToString());
        var processes = _world.Open("WideFlow").Attempts.Select(attempt => attempt.Record.ProcessId).ToList();
        Assert.Equal(8, processes.Count);
        Assert.All(processes.Chunk(tasksOfAProcess), chunk => Assert.Single(chunk.Distinct()));
        Assert.Equal((8 + tasksOfAProcess - 1) / tasksOfAProcess, processes.Distinct().Count());
    }

    [Fact(Timeout = Limit)]
    public async Task Recycle_WithoutWorkers_IsRefused()
    {
        var result = await _world.RunAsync("WideFlow", "run", "--isolation", "none", "--recycle-after-tasks", "4");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("there are no worker processes that could be replaced", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Memory_MoreThanTheRuntimeMayHave_FailsTheTaskOnly()
    {
        _world.Variables["DOTNET_GCHeapHardLimit"] = "0x8000000";

        var result = await _world.RunAsync("CrashFlow", "run", "--way", "memory");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("System.OutOfMemoryException", _world.Open("CrashFlow").Single("Middle").Record.Error!.Type);
    }

    [Theory(Timeout = Limit)]
    [InlineData("worker")]
    [InlineData("process")]
    [InlineData("none")]
    public async Task Timeout_StepStops_IsCaughtAsTimeout(string isolation)
    {
        var result = await _world.RunAsync("TimeoutFlow", "run", "--kinds", "quick,polite,late", "--max-workers", "3", "--isolation", isolation);

        Assert.True(result.ExitCode == 0, result.ToString());
        var run = _world.Open("TimeoutFlow");
        Assert.Equal(
            ["quick: no error", "polite: System.TimeoutException", "late: System.TimeoutException"],
            run.Read<IReadOnlyList<string>>(run.Single("Join"), "Ends"));
        var polite = run.Tasks.Single(task => task.Step == "Work" && task.Record.Stack[0].Label == "polite");
        Assert.Equal("Step Work timed out after 0.3 seconds.", polite.Record.Error!.Message);
    }

    [Fact(Timeout = Limit)]
    public async Task Timeout_StepDoesNotStop_IsEndedByForce()
    {
        var result = await _world.RunAsync("TimeoutFlow", "run", "--kinds", "stubborn,quick", "--max-workers", "2");

        Assert.True(result.ExitCode == 0, result.ToString());
        var run = _world.Open("TimeoutFlow");
        var stubborn = run.Tasks.Single(task => task.Step == "Work" && task.Record.Stack[0].Label == "stubborn");
        Assert.Equal(AttemptOutcome.Caught, stubborn.Record.Outcome);
        Assert.Equal("timeout", run.Read<CaughtException>(stubborn, "Error").Type);
        Assert.Contains("was ended by force", run.Read<CaughtException>(stubborn, "Error").Message, StringComparison.Ordinal);
    }
}
