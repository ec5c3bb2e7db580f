using Metaflow.Metadata.Records;
using Metaflow.Runtime;

namespace Metaflow.Cli.Output;

/// <summary>Passes everything on, and remembers which task failed first, for the hint at the end.</summary>
/// <param name="inner">Who is told everything.</param>
/// <param name="begun">Is told the flow and the run when it has begun.</param>
internal sealed class FailureMemory(IRunObserver inner, Action<string, string>? begun = null) : IRunObserver
{
    /// <summary>The first attempt that failed for good.</summary>
    public TaskAttempt? First { get; private set; }

    public void RunStarting(string flowName, string runId)
    {
        inner.RunStarting(flowName, runId);
        begun?.Invoke(flowName, runId);
    }

    public void AttemptStarted(in TaskAttempt attempt) => inner.AttemptStarted(attempt);

    public void Output(in TaskAttempt attempt, LogStream stream, DateTimeOffset time, string line) =>
        inner.Output(attempt, stream, time, line);

    public void Split(in TaskAttempt attempt, string target, int count) => inner.Split(attempt, target, count);

    public void AttemptFinished(in TaskAttempt attempt, AttemptOutcome outcome, string? message)
    {
        if (outcome == AttemptOutcome.Failed)
        {
            First ??= attempt;
        }

        inner.AttemptFinished(attempt, outcome, message);
    }

    public void Adopted(string originRunId, int tasks) => inner.Adopted(originRunId, tasks);

    public void Notice(string text) => inner.Notice(text);

    public void RunFinished(RunResult result) => inner.RunFinished(result);
}
