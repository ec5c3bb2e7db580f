using Metaflow.Metadata.Records;
using Metaflow.Runtime;

namespace Metaflow.Cli.Output;

/// <summary>Tells a run to the user while it goes on: plain lines, or a live display on a terminal.</summary>
internal sealed class RunNarrator : IAsyncDisposable
{
    private readonly FailureMemory _memory;

    private RunNarrator(IRunObserver inner) => _memory = new(inner);

    /// <summary>What the runtime talks to.</summary>
    public IRunObserver Observer => _memory;

    /// <summary>The last attempt that failed for good.</summary>
    public TaskAttempt? LastFailure => _memory.LastFailure;

    public static RunNarrator Create(VerbContext context) => new(new PlainRunObserver(context.Host.Console, context.Host.Time));

    public ValueTask DisposeAsync() => _memory.DisposeAsync();

    /// <summary>Remembers which task failed, for the hint at the end.</summary>
    private sealed class FailureMemory(IRunObserver inner) : IRunObserver, IAsyncDisposable
    {
        public TaskAttempt? LastFailure { get; private set; }

        public void RunStarting(string flowName, string runId) => inner.RunStarting(flowName, runId);

        public void AttemptStarted(in TaskAttempt attempt) => inner.AttemptStarted(attempt);

        public void Output(in TaskAttempt attempt, LogStream stream, DateTimeOffset time, string line) =>
            inner.Output(attempt, stream, time, line);

        public void Split(in TaskAttempt attempt, string target, int count) => inner.Split(attempt, target, count);

        public void AttemptFinished(in TaskAttempt attempt, AttemptOutcome outcome, string? message)
        {
            if (outcome == AttemptOutcome.Failed)
            {
                LastFailure ??= attempt;
            }

            inner.AttemptFinished(attempt, outcome, message);
        }

        public void RunFinished(RunResult result) => inner.RunFinished(result);

        public async ValueTask DisposeAsync()
        {
            if (inner is IAsyncDisposable disposable)
            {
                await disposable.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
