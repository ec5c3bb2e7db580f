using Metaflow.Client;
using Metaflow.Events;
using Metaflow.FlowMatrix.Running;
using Metaflow.Running;

namespace Metaflow.FlowMatrix.Cases;

/// <summary>Flow programs that another program runs.</summary>
public sealed class RunnerTests : IDisposable
{
    private const int Limit = 60_000;

    private readonly FlowProgramWorld _world = new();

    private RunnerOptions Options => new()
    {
        Flow = "WaitingFlow", WorkingDirectory = _world.WorkingDirectory, DatastoreRoot = _world.StoreRoot, MaxWorkers = 2,
        Environment = new Dictionary<string, string?> { ["METAFLOW_USER"] = "tester" },
    };

    public void Dispose() => _world.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Cancel_AProgramWhoseTasksRun_EndsItInOrderAndItCanBeResumed()
    {
        var token = TestContext.Current.CancellationToken;
        await using (var run = await StartAsync(Options, ignoreStop: false))
        {
            Assert.Equal(["Work", "Work"], run.Run.RunningTasks.Select(task => task.StepName));

            var cancelled = await run.CancelAsync(token);

            Assert.Equal(RunStatus.Interrupted, cancelled.Status);
            Assert.Empty(cancelled.RunningTasks);
            Assert.Equal("tester", cancelled.User);
        }

        await using var resumed = await Runner.ResumeProgramAsync(FlowProgramWorld.Executable, "1", options: Options, cancellationToken: token);
        var kinds = new List<RunEventKind>();
        await foreach (var happened in resumed.Events(token))
        {
            kinds.Add(happened.Kind);
        }

        Assert.Equal(RunStatus.Succeeded, (await resumed.WhenFinishedAsync(token)).Status);
        Assert.Equal("WaitingFlow/2", resumed.PathSpec);
        Assert.Equal((RunEventKind.RunStarted, RunEventKind.RunFinished), (kinds[0], kinds[^1]));
        Assert.Contains(RunEventKind.TasksAdopted, kinds);
    }

    [Fact(Timeout = Limit)]
    public async Task Cancel_AProgramThatDoesNotEnd_KillsIt()
    {
        await using var run = await StartAsync(Options with { KillAfter = TimeSpan.FromMilliseconds(1) }, ignoreStop: true);

        var cancelled = await run.CancelAsync(TestContext.Current.CancellationToken);

        Assert.Equal(RunStatus.Lost, cancelled.Status);
    }

    /// <summary>Starts a run and waits until both of its tasks wait.</summary>
    private async Task<ExecutingRun> StartAsync(RunnerOptions options, bool ignoreStop)
    {
        var pipe = new NamedPipe(Path.Join(_world.WorkingDirectory, "pipe"));
        var parameters = new Dictionary<string, object?> { ["Pipe"] = pipe.Path, ["IgnoreStop"] = ignoreStop };
        var run = await Runner.StartProgramAsync(FlowProgramWorld.Executable, parameters, options, TestContext.Current.CancellationToken);
        using var reader = await pipe.OpenAsync();
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("waiting", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        }

        return run;
    }
}
