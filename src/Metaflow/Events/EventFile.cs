using Metaflow.Metadata.Records;
using Metaflow.Runtime;

namespace Metaflow.Events;

/// <summary>Passes everything on, and appends it as lines of JSON to a file that another program follows.</summary>
internal sealed class EventFile : IRunObserver, IDisposable
{
    private readonly IRunObserver _inner;
    private readonly StreamWriter _writer;
    private readonly RunEventObserver _events;

    /// <exception cref="UsageException">The file cannot be written.</exception>
    public EventFile(IRunObserver inner, string path, string root, TimeProvider time)
    {
        _inner = inner;
        try
        {
            _writer = new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true, NewLine = "\n" };
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--events-file: {fault.Message}", fault);
        }

        _events = new(happened => _writer.WriteLine(RunEventLine.Write(happened)), root, time);
    }

    public void RunStarting(string flowName, string runId)
    {
        _events.RunStarting(flowName, runId);
        _inner.RunStarting(flowName, runId);
    }

    public void Adopted(string originRunId, int tasks)
    {
        _events.Adopted(originRunId, tasks);
        _inner.Adopted(originRunId, tasks);
    }

    public void AttemptStarted(in TaskAttempt attempt)
    {
        _events.AttemptStarted(attempt);
        _inner.AttemptStarted(attempt);
    }

    public void Output(in TaskAttempt attempt, LogStream stream, DateTimeOffset time, string line)
    {
        _events.Output(attempt, stream, time, line);
        _inner.Output(attempt, stream, time, line);
    }

    public void Split(in TaskAttempt attempt, string target, int count)
    {
        _events.Split(attempt, target, count);
        _inner.Split(attempt, target, count);
    }

    public void AttemptFinished(in TaskAttempt attempt, AttemptOutcome outcome, string? message)
    {
        _events.AttemptFinished(attempt, outcome, message);
        _inner.AttemptFinished(attempt, outcome, message);
    }

    public void Notice(string text)
    {
        _events.Notice(text);
        _inner.Notice(text);
    }

    public void RunFinished(RunResult result)
    {
        _events.RunFinished(result);
        _inner.RunFinished(result);
    }

    public void Dispose() => _writer.Dispose();
}
