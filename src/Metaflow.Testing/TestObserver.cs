using Metaflow.Metadata.Records;
using Metaflow.Runtime;

namespace Metaflow.Testing;

/// <summary>Remembers the attempts of a run.</summary>
/// <param name="starting">Called when the run is in the store and no task has started.</param>
internal sealed class TestObserver(Action starting) : IRunObserver
{
    private readonly Dictionary<long, List<(int Number, AttemptOutcome Outcome, string? Message)>> _attempts = [];

    public IReadOnlyList<(int Number, AttemptOutcome Outcome, string? Message)> Attempts(long taskId) => _attempts.GetValueOrDefault(taskId) ?? [];

    /// <summary>The run's id, once it has one.</summary>
    public string? RunId { get; private set; }

    public void RunStarting(string flowName, string runId)
    {
        RunId = runId;
        starting();
    }

    public void Adopted(string originRunId, int tasks)
    {
    }

    public void AttemptStarted(in TaskAttempt attempt)
    {
    }

    public void Output(in TaskAttempt attempt, LogStream stream, DateTimeOffset time, string line)
    {
    }

    public void Split(in TaskAttempt attempt, string target, int count)
    {
    }

    public void AttemptFinished(in TaskAttempt attempt, AttemptOutcome outcome, string? message)
    {
        if (!_attempts.TryGetValue(attempt.TaskId, out var attempts))
        {
            _attempts[attempt.TaskId] = attempts = [];
        }

        attempts.Add((attempt.Attempt, outcome, message));
    }

    public void Notice(string text)
    {
    }

    public void RunFinished(RunResult result)
    {
    }
}
