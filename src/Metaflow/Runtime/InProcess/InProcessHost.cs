using Metaflow.Runtime.Logs;
using Metaflow.Runtime.Scheduling;
using Metaflow.Runtime.Tasks;

namespace Metaflow.Runtime.InProcess;

/// <summary>
/// Runs attempts on the slot's own thread, for debugging and tests: a breakpoint in a step just works. A crash of the
/// process ends the run, and a step that ignores its cancellation token cannot be ended by force.
/// </summary>
internal sealed class InProcessHost(Func<RunContext> open, TimeProvider time) : ITaskHost
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly OutputPump _pump = new(time);
    private RunContext? _context;
    private TaskExecutor? _executor;

    public void Warm()
    {
    }

    public TaskResult Execute(TaskAssignment assignment, TimeSpan? limit, AttemptLog log, Action<int> started)
    {
        started(Environment.ProcessId);
        _context ??= open();
        _executor ??= new(_context, time);
        log.Secrets = _executor.Secrets;
        using (ConsoleCapture.To(log, _pump))
        {
            return _executor.ExecuteAsync(assignment, _cancellation.Token).GetAwaiter().GetResult();
        }
    }

    public void Cancel() => _cancellation.Cancel();

    public void Dispose()
    {
        _pump.Dispose();
        _context?.Dispose();
        _cancellation.Dispose();
    }
}
