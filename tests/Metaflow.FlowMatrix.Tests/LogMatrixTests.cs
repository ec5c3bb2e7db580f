using Metaflow.FlowMatrix.Running;
using Metaflow.Metadata.Records;
using Metaflow.Runtime;

namespace Metaflow.FlowMatrix;

/// <summary>What tasks write and what the run tells while it goes on, in every shape.</summary>
public sealed class LogMatrixTests
{
    public static TheoryData<string, string> All => Cells.All;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Log_OfEveryTask_IsItsOwnAndIsComplete(string shape, string @case)
    {
        var variant = ShapeVariant.Of(shape, @case);
        using var run = await Cells.RunAsync(variant, "log");

        var stored = run.ExpectSuccess();
        BehaviourChecks.Check("log", stored, variant);
        foreach (var task in stored.Tasks)
        {
            BehaviourChecks.LogLines(task.Name, Heard(run, task, LogStream.Out), Heard(run, task, LogStream.Error), children: false);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Observer_OfEveryAttempt_HearsWhatTheRecordsSay(string shape, string @case)
    {
        var variant = ShapeVariant.Of(shape, @case);
        using var run = await Cells.RunAsync(variant, "retry", with: "retry");

        var stored = run.ExpectSuccess();
        Assert.Equal(run.Result, run.Events.Result);
        Assert.Equal(run.Result.RunId, run.Events.RunId);
        Assert.Equal(stored.Tasks.Count, run.Result.Tasks);
        Assert.Equal(
            stored.Attempts.Select(attempt => (attempt.TaskId, attempt.Record.Attempt)).Order(),
            run.Events.Started.Select(attempt => (attempt.TaskId, attempt.Attempt)).Order());
        Assert.Equal(
            stored.Attempts.Select(attempt => (attempt.Step, attempt.TaskId, attempt.Record.Attempt, attempt.Record.Outcome, attempt.Record.Error?.Message)),
            run.Events.Finished.Select(end => (end.Attempt.Step, end.Attempt.TaskId, end.Attempt.Attempt, end.Outcome, end.Message)));
        Assert.Equal(
            stored.Tasks.SelectMany(task => task.Record.Stack.Where(level => level.IsForEach).Select(level => (level.SplitTask, level.First, level.Count))).Distinct().Order(),
            run.Events.Splits.Select(split => (split.Attempt.TaskId, split.Target, split.Count)).Order());
        Assert.All(run.Events.Started, attempt => Assert.Equal(Environment.ProcessId, attempt.ProcessId));
        Assert.Empty(run.Events.Notices);
    }

    [Fact(Timeout = 60_000)]
    public async Task Observer_TakesTheConsole_IsNotCalledByWhoHoldsIt()
    {
        var directory = Directory.CreateTempSubdirectory("metaflow-matrix-");
        try
        {
            var observer = new ConsoleUsingObserver();

            var result = await InProcessRun.StartAsync(typeof(Shapes.LinearShape), directory, observer, [("Behaviour", "log")]);

            Assert.Equal(RunStatus.Succeeded, result.Status);
            Assert.Equal((12, false), (observer.Lines, observer.WasBlocked));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static IReadOnlyList<string> Heard(InProcessRun run, StoredAttempt task, LogStream stream) =>
        [.. run.Events.Lines.Where(line => line.Attempt.TaskId == task.TaskId && line.Stream == stream).Select(line => line.Line)];

    /// <summary>Waits, for each line, until another thread has had the console for itself.</summary>
    private sealed class ConsoleUsingObserver : IRunObserver
    {
        public int Lines { get; private set; }

        public bool WasBlocked { get; private set; }

        public void Output(in TaskAttempt attempt, LogStream stream, DateTimeOffset time, string line)
        {
            Lines++;
            var other = new Thread(() =>
            {
                lock (stream == LogStream.Out ? Console.Out : Console.Error)
                {
                }
            });
            other.Start();
            WasBlocked = WasBlocked || !other.Join(TimeSpan.FromSeconds(20));
        }

        public void RunStarting(string flowName, string runId)
        {
        }

        public void Adopted(string originRunId, int tasks)
        {
        }

        public void AttemptStarted(in TaskAttempt attempt)
        {
        }

        public void Split(in TaskAttempt attempt, string target, int count)
        {
        }

        public void AttemptFinished(in TaskAttempt attempt, AttemptOutcome outcome, string? message)
        {
        }

        public void Notice(string text)
        {
        }

        public void RunFinished(RunResult result)
        {
        }
    }
}
