using System.Diagnostics;
using Metaflow.FlowMatrix.Running;
using Metaflow.Metadata.Records;

namespace Metaflow.FlowMatrix.Cases;

/// <summary>Runs that are ended from outside: what was finished stays, no process is left, and the run can be resumed.</summary>
public sealed class InterruptionTests : IDisposable
{
    private const int Limit = 60_000;

    private readonly FlowProgramWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory(Timeout = Limit)]
    [InlineData("worker", Signal.Interrupt)]
    [InlineData("worker", Signal.Terminate)]
    [InlineData("worker", Signal.HangUp)]
    [InlineData("process", Signal.Interrupt)]
    [InlineData("process", Signal.Terminate)]
    [InlineData("none", Signal.Interrupt)]
    [InlineData("none", Signal.Terminate)]
    public async Task Signal_TasksRun_StopsThemAndCanBeResumed(string isolation, int signal)
    {
        var (program, pipe) = await StartAsync(isolation, withChild: false);
        var ending = FlowProgramWorld.EndAsync(program);
        Signal.Send(program, signal);
        var result = await ending;

        Assert.True(result.ExitCode == 128 + signal, result.ToString());
        Assert.Contains("Interrupted. The tasks that run are being stopped", result.Error, StringComparison.Ordinal);
        Assert.Contains("was interrupted: 1 task finished", result.Error, StringComparison.Ordinal);
        Assert.Matches(@"\nContinue it: .* resume --origin-run-id 1\n$", result.Error);
        Assert.Equal("", await pipe.ReadToEndAsync(TestContext.Current.CancellationToken));
        var run = _world.Open("WaitingFlow");
        Assert.Equal("interrupted", run.Status);
        Assert.Equal("kept", run.Read<string>(run.Single("Start"), "Before"));
        var work = run.Tasks.Where(task => task.Step == "Work").ToList();
        Assert.Equal(2, work.Count);
        Assert.All(work, task => Assert.Equal((AttemptOutcome.Failed, "cancelled"), (task.Record.Outcome, task.Record.Error!.Type)));
        Assert.All(run.Attempts, attempt => Assert.False(Signal.IsAlive(attempt.Record.ProcessId)));
        Assert.All(work, task => Assert.Equal(["waiting"], run.Log(task, LogStream.Out)));

        await ResumeAsync();
    }

    [Theory(Timeout = Limit)]
    [InlineData("worker", false)]
    [InlineData("worker", true)]
    [InlineData("process", true)]
    public async Task Kill_OfTheScheduler_EndsAllTasksAndTheRunCanBeResumed(string isolation, bool withChild)
    {
        var (program, pipe) = await StartAsync(isolation, withChild);
        Signal.Send(program, Signal.Kill);
        var result = await FlowProgramWorld.EndAsync(program);

        // The pipe ends when the last task and the last program that a task has started are gone.
        Assert.Equal("", await pipe.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal(137, result.ExitCode);
        var run = _world.Open("WaitingFlow");
        Assert.Equal("running", run.Status);
        Assert.Equal(["Start"], run.Tasks.Select(task => task.Step));

        await ResumeAsync();
    }

    [Theory(Timeout = Limit)]
    [InlineData("worker", Signal.Interrupt)]
    [InlineData("worker", Signal.Terminate)]
    [InlineData("process", Signal.Interrupt)]
    [InlineData("none", Signal.Interrupt)]
    public async Task SecondSignal_WhileTasksStop_EndsAtOnce(string isolation, int signal)
    {
        // The grace is longer than the test may take: only the second signal can end the program in time.
        var (program, pipe) = await StartAsync(isolation, withChild: false, "--ignore-stop", "--grace", "10m");
        var error = program.StandardError;
        Signal.Send(program, Signal.Interrupt);
        while (await error.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.StartsWith("Interrupted.", StringComparison.Ordinal))
        {
        }

        Signal.Send(program, signal);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(128 + signal, program.ExitCode);
        Assert.Equal("", await pipe.ReadToEndAsync(TestContext.Current.CancellationToken));
        await ResumeAsync();
    }

    [Theory(Timeout = Limit)]
    [InlineData("worker")]
    [InlineData("process")]
    public async Task Signal_TasksDoNotStop_AreEndedAfterTheGrace(string isolation)
    {
        var (program, pipe) = await StartAsync(isolation, withChild: false, "--ignore-stop", "--grace", "0.1s");
        var ending = FlowProgramWorld.EndAsync(program);
        Signal.Send(program, Signal.Terminate);
        var result = await ending;

        Assert.Equal(143, result.ExitCode);
        Assert.Equal("", await pipe.ReadToEndAsync(TestContext.Current.CancellationToken));
        var run = _world.Open("WaitingFlow");
        Assert.Equal("interrupted", run.Status);
        Assert.All(
            run.Tasks.Where(task => task.Step == "Work"),
            task => Assert.Contains(run.Log(task, LogStream.Error), line => line.Contains("did not stop within 0.1 seconds of being cancelled", StringComparison.Ordinal)));
        await ResumeAsync();
    }

    [Theory(Timeout = Limit)]
    [InlineData("worker")]
    [InlineData("none")]
    public async Task RunTimeout_TimeIsUp_EndsWithACodeOfItsOwn(string isolation)
    {
        // A file takes what the tasks write to the pipe otherwise; they wait for their token.
        var file = Path.Join(_world.WorkingDirectory, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var result = await _world.RunAsync("WaitingFlow", "run", "--pipe", file, "--isolation", isolation, "--run-timeout", "1s");
        var resumed = await _world.RunAsync("WaitingFlow", "resume");

        Assert.True(result.ExitCode == 124, result.ToString());
        Assert.Contains("The run was ended because its time was up", result.Error, StringComparison.Ordinal);
        Assert.Equal("failed", _world.Open("WaitingFlow").Status);
        Assert.True(resumed.ExitCode == 0, resumed.ToString());
    }

    /// <summary>Starts a run and waits until both of its tasks wait.</summary>
    private async Task<(Process Program, StreamReader Pipe)> StartAsync(string isolation, bool withChild, params string[] more)
    {
        var pipe = new NamedPipe(Path.Join(_world.WorkingDirectory, "pipe"));
        var program = _world.Start(
            ["WaitingFlow", "run", "--pipe", pipe.Path, "--with-child", withChild ? "true" : "false", "--isolation", isolation, "--max-workers", "2", .. more]);
        var reader = await pipe.OpenAsync();
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(withChild ? "child" : "waiting", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        }

        return (program, reader);
    }

    private async Task ResumeAsync()
    {
        var result = await _world.RunAsync("WaitingFlow", "resume", "--origin-run-id", "1");

        Assert.True(result.ExitCode == 0, result.ToString());
        var run = _world.Open("WaitingFlow", "2");
        Assert.Equal("succeeded", run.Status);
        Assert.Equal(_world.Open("WaitingFlow").Single("Start").Record.StartedMicros, run.Single("Start").Record.StartedMicros);
        Assert.Equal(2, run.Tasks.Count(task => task.Step == "Work"));
    }
}
