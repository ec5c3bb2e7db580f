using Metaflow.Metadata.Records;
using Metaflow.Runtime.Logs;
using Metaflow.Runtime.Tasks;

namespace Metaflow.Runtime.Scheduling;

/// <summary>Runs attempts one after another, wherever it does.</summary>
internal interface ITaskHost : IDisposable
{
    /// <summary>Starts ahead of the first attempt what takes time to start.</summary>
    void Warm();

    /// <summary>Runs one attempt to its end.</summary>
    /// <param name="assignment">The attempt.</param>
    /// <param name="limit">After this the attempt is ended by force; <see langword="null"/> for no limit.</param>
    /// <param name="log">Takes the attempt's output.</param>
    /// <param name="started">Called with the process id when the attempt begins.</param>
    TaskResult Execute(TaskAssignment assignment, TimeSpan? limit, AttemptLog log, Action<int> started);

    /// <summary>Asks the attempt that is running to stop. Called from other threads.</summary>
    void Cancel();
}

/// <summary>One place where tasks run, with a thread of its own.</summary>
internal sealed class Slot : IDisposable
{
    private readonly Scheduler _scheduler;
    private readonly ITaskHost _host;
    private readonly RunContext _context;
    private readonly TimeProvider _time;
    private readonly long _maximumLog;
    private readonly SemaphoreSlim _signal = new(0);
    private readonly Thread _thread;

    public Slot(Scheduler scheduler, ITaskHost host, RunContext context, TimeProvider time, long maximumLog, int number)
    {
        _scheduler = scheduler;
        _host = host;
        _context = context;
        _time = time;
        _maximumLog = maximumLog;
        _thread = new(Work) { IsBackground = true, Name = $"metaflow slot {number}" };
    }

    public void Start() => _thread.Start();

    /// <summary>Waits until there may be work, at most as long as given.</summary>
    public void Wait(TimeSpan? limit) => _signal.Wait(limit is { } time ? time < TimeSpan.Zero ? TimeSpan.Zero : time : Timeout.InfiniteTimeSpan);

    public void Wake() => _signal.Release();

    public void Cancel() => _host.Cancel();

    /// <summary>Ends the thread, after the scheduler has been closed, and what it runs in.</summary>
    public void Dispose()
    {
        _thread.Join();
        _host.Dispose();
        _signal.Dispose();
    }

    private void Work()
    {
        try
        {
            while (_scheduler.Take(this) is var (attempt, assignment))
            {
                _scheduler.Complete(attempt, Execute(attempt, assignment));
            }
        }
        catch (Exception exception)
        {
            // Nothing that a task does gets here: the store or the scheduler itself has failed.
            _scheduler.Abandon(exception.Message);
        }
    }

    private TaskResult Execute(FinishedAttempt attempt, TaskAssignment assignment)
    {
        var log = new AttemptLog(
            (stream, time, line) => _scheduler.Output(attempt, stream, time, line),
            block => _scheduler.Log(attempt, block),
            _time,
            _maximumLog);
        var decorators = _context.Decorators(assignment.Step);

        // Cards are rendered when the step has ended, each within its own time.
        var limit = decorators.Find<TimeoutAttribute>()?.Limit
            + TimeSpan.FromSeconds(decorators.OfType<CardAttribute>().Sum(card => card.TimeoutSeconds));
        TaskResult result;
        try
        {
            result = _host.Execute(assignment, limit, log, pid =>
            {
                attempt.Attempt = attempt.Attempt with { ProcessId = pid };
                _scheduler.Started(attempt);
            });
        }
        catch (Exception exception)
        {
            result = TaskResult.Failed(new(exception.GetType().FullName!, $"The task could not be run: {exception.Message}", exception.ToString()));
        }

        log.Complete();
        return result;
    }
}
