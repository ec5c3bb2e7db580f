using Metaflow.Client;
using Metaflow.Metadata.Records;
using Metaflow.Runtime;

namespace Metaflow.Events;

/// <summary>Turns what the runtime tells into events.</summary>
/// <param name="sink">Hears the events, in order.</param>
/// <param name="root">The directory of the store.</param>
/// <param name="time">The clock.</param>
internal sealed class RunEventObserver(Action<RunEvent> sink, string root, TimeProvider time) : IRunObserver
{
    public void RunStarting(string flowName, string runId) => Tell(new(RunEventKind.RunStarted, Now) { Text = $"{flowName}/{runId}", DatastoreRoot = root });

    public void Adopted(string originRunId, int tasks) => Tell(new(RunEventKind.TasksAdopted, Now) { Text = originRunId, Count = tasks });

    public void AttemptStarted(in TaskAttempt attempt) => Tell(Of(RunEventKind.AttemptStarted, attempt, Now));

    public void Output(in TaskAttempt attempt, LogStream stream, DateTimeOffset time, string line) =>
        Tell(Of(RunEventKind.Output, attempt, time) with { Text = line, IsError = stream == LogStream.Error });

    public void Split(in TaskAttempt attempt, string target, int count) =>
        Tell(Of(RunEventKind.Split, attempt, Now) with { Text = target, Count = count });

    public void AttemptFinished(in TaskAttempt attempt, AttemptOutcome outcome, string? message) =>
        Tell(Of(RunEventKind.AttemptFinished, attempt, Now) with { Outcome = (TaskOutcome)outcome, Text = message });

    public void Notice(string text) => Tell(new(RunEventKind.Notice, Now) { Text = text });

    public void RunFinished(RunResult result) => Tell(new(RunEventKind.RunFinished, Now)
    {
        Text = result.Failure,
        Count = result.Tasks,
        Status = result.Status switch
        {
            Runtime.RunStatus.Succeeded => Client.RunStatus.Succeeded,
            Runtime.RunStatus.Failed => Client.RunStatus.Failed,
            _ => Client.RunStatus.Interrupted,
        },
    });

    private DateTimeOffset Now => time.GetUtcNow();

    private static RunEvent Of(RunEventKind kind, in TaskAttempt attempt, DateTimeOffset time) => new(kind, time)
    {
        Step = attempt.Step, TaskId = ObjectPath.Text(attempt.TaskId), Attempt = attempt.Attempt, Label = attempt.Label,
    };

    // Notices come from any thread.
    private void Tell(RunEvent happened)
    {
        lock (sink)
        {
            sink(happened);
        }
    }
}
