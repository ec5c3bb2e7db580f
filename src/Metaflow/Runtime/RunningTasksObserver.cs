using Metaflow.Metadata.Live;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Runtime;

/// <summary>Passes everything on, and keeps the list of running tasks for whoever looks at the run meanwhile.</summary>
internal sealed class RunningTasksObserver : IRunObserver, IDisposable
{
    private readonly IRunObserver _inner;
    private readonly RunningTasksWriter _running;
    private readonly SegmentWriter _writer;
    private readonly TimeProvider _time;

    public RunningTasksObserver(IRunObserver inner, RunFolder folder, SegmentWriter writer, TimeProvider time)
    {
        _inner = inner;
        _writer = writer;
        _time = time;
        _running = new(folder.Path, inner.Notice);
    }

    public void RunStarting(string flowName, string runId) => _inner.RunStarting(flowName, runId);

    public void Adopted(string originRunId, int tasks) => _inner.Adopted(originRunId, tasks);

    public void AttemptStarted(in TaskAttempt attempt)
    {
        _running.Started(new(
            attempt.Step, attempt.TaskId, attempt.Attempt, attempt.ProcessId, attempt.Label,
            _time.GetUtcNow().ToUnixMicroseconds(), _writer.Position));
        _inner.AttemptStarted(attempt);
    }

    public void Output(in TaskAttempt attempt, LogStream stream, DateTimeOffset time, string line) =>
        _inner.Output(attempt, stream, time, line);

    public void Split(in TaskAttempt attempt, string target, int count) => _inner.Split(attempt, target, count);

    public void AttemptFinished(in TaskAttempt attempt, AttemptOutcome outcome, string? message)
    {
        _running.Finished(attempt.TaskId, attempt.Attempt);
        _inner.AttemptFinished(attempt, outcome, message);
    }

    public void Notice(string text) => _inner.Notice(text);

    public void RunFinished(RunResult result) => _inner.RunFinished(result);

    public void Dispose() => _running.Dispose();
}
