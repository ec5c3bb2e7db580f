using Metaflow.Metadata.Records;
using Metaflow.Runtime.Logs;
using Metaflow.Runtime.Scheduling;
using Metaflow.Runtime.Tasks;

namespace Metaflow.Runtime.Workers;

/// <summary>Runs attempts in a worker process, which is started when needed and replaced when it dies.</summary>
/// <param name="hello">What a worker is told first; asked for when the run exists.</param>
/// <param name="request">What is run, and how.</param>
/// <param name="kills">Knows of processes that the kernel has ended.</param>
internal sealed class ProcessHost(Func<Wire.Hello> hello, RunRequest request, MemoryKills kills) : ITaskHost
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time = request.Time;
    private readonly string _flowName = request.Definition.Name;
    private readonly bool _isFresh = request.Isolation == Isolation.Process;
    private readonly TimeSpan _cancelGrace = request.CancelGrace;
    private WorkerConnection? _worker;
    private long? _cancelled;

    public void Warm() => _worker ??= WorkerLauncher.Start(_flowName);

    public TaskResult Execute(TaskAssignment assignment, TimeSpan? limit, AttemptLog log, Action<int> started)
    {
        if (_worker is { HasEnded: true })
        {
            // It died while it had nothing to do, by something that an earlier task left behind.
            Release();
        }

        WorkerConnection worker;
        lock (_gate)
        {
            worker = _worker ??= WorkerLauncher.Start(_flowName);
            if (_cancelled is not null)
            {
                worker.Cancel();
            }
        }

        try
        {
            log.Secrets = worker.Secrets;
            started(worker.ProcessId);
            if (!worker.IsGreeted)
            {
                worker.IsGreeted = true;
                worker.Send(Wire.Write(writer => writer.Write(hello())));
            }

            worker.Send(Wire.Write(writer => writer.Write(assignment)));
            var result = Await(worker, limit, log);
            if (_isFresh || result.IsWorkerSpent)
            {
                Release();
            }

            return result;
        }
        catch
        {
            if (_worker == worker)
            {
                // Nobody knows what it is doing, so it must not get another task.
                worker.Kill();
                Release();
            }

            throw;
        }
    }

    public void Cancel()
    {
        lock (_gate)
        {
            _cancelled ??= _time.GetTimestamp();
            _worker?.Cancel();
        }
    }

    public void Dispose() => Release();

    private TaskResult Await(WorkerConnection worker, TimeSpan? limit, AttemptLog log)
    {
        var begun = _time.GetTimestamp();
        string? killedFor = null;
        while (true)
        {
            var wait = LongestWait;
            if (log.FlushDue is { } due && due < wait)
            {
                wait = due;
            }

            if (limit is { } total && total - _time.GetElapsedTime(begun) < wait)
            {
                wait = total - _time.GetElapsedTime(begun);
            }

            var message = worker.Receive(log, wait, out var ended);
            if (message is not null)
            {
                return Wire.Parse(message, Wire.ReadResult);
            }

            if (ended)
            {
                // What the task has started must not outlive it.
                worker.Kill();
                var end = worker.Wait();
                Release();
                return killedFor is not null
                    ? TaskResult.Failed(new("timeout", killedFor, null), isFinal: _cancelled is not null)
                    : TaskResult.Failed(end.Describe(log.LastWords, end.Signal == Posix.SigKill ? kills.Explain() : null), isFinal: end is { Signal: 0, ExitCode: ExitCodes.DisallowRetry });
            }

            log.FlushIfDue();
            if (killedFor is null && limit is { } most && _time.GetElapsedTime(begun) >= most)
            {
                killedFor = $"The task did not stop when its timeout had passed, and was ended by force after {most.TotalSeconds:0.#} seconds.";
                worker.Kill();
            }
            else if (killedFor is null && _cancelled is { } since && _time.GetElapsedTime(since) >= _cancelGrace)
            {
                killedFor = $"[KILLED BY ORCHESTRATOR] The task did not stop within {_cancelGrace.TotalSeconds:0.###} seconds of being cancelled.";
                log.WriteLine(LogStream.Error, killedFor);
                worker.Kill();
            }
        }
    }

    private void Release()
    {
        WorkerConnection? worker;
        lock (_gate)
        {
            worker = _worker;
            _worker = null;
        }

        worker?.Dispose();
    }
}
