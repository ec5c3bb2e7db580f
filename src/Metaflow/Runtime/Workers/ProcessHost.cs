using Metaflow.Metadata.Records;
using Metaflow.Runtime.Logs;
using Metaflow.Runtime.Scheduling;
using Metaflow.Runtime.Tasks;

namespace Metaflow.Runtime.Workers;

/// <summary>Runs attempts in a worker process, which is started when needed and replaced when it dies.</summary>
/// <param name="hello">What a worker is told first; asked for when the run exists.</param>
/// <param name="flowName">The flow.</param>
/// <param name="fresh">Whether each attempt gets a process of its own.</param>
/// <param name="time">The clock.</param>
/// <param name="cancelGrace">How long a cancelled task may take to stop before its process is ended.</param>
internal sealed class ProcessHost(Func<Wire.Hello> hello, string flowName, bool fresh, TimeProvider time, TimeSpan cancelGrace) : ITaskHost
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private WorkerConnection? _worker;
    private long? _cancelled;

    public void Warm() => _worker ??= WorkerLauncher.Start(flowName);

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
            worker = _worker ??= WorkerLauncher.Start(flowName);
            if (_cancelled is not null)
            {
                worker.Cancel();
            }
        }

        try
        {
            started(worker.ProcessId);
            if (!worker.IsGreeted)
            {
                worker.IsGreeted = true;
                worker.Send(Wire.Write(writer => writer.Write(hello())));
            }

            worker.Send(Wire.Write(writer => writer.Write(assignment)));
            var result = Await(worker, limit, log);
            if (fresh || result.IsWorkerSpent)
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
            _cancelled ??= time.GetTimestamp();
            _worker?.Cancel();
        }
    }

    public void Dispose() => Release();

    private TaskResult Await(WorkerConnection worker, TimeSpan? limit, AttemptLog log)
    {
        var begun = time.GetTimestamp();
        string? killedFor = null;
        while (true)
        {
            var wait = LongestWait;
            if (log.FlushDue is { } due && due < wait)
            {
                wait = due;
            }

            if (limit is { } total && total - time.GetElapsedTime(begun) < wait)
            {
                wait = total - time.GetElapsedTime(begun);
            }

            var message = worker.Receive(log, wait, out var ended);
            if (message is not null)
            {
                using var reader = Wire.Reader(message);
                return reader.ReadResult();
            }

            if (ended)
            {
                var end = worker.Wait();
                Release();
                return killedFor is not null
                    ? TaskResult.Failed(new("timeout", killedFor, null), isFinal: _cancelled is not null)
                    : TaskResult.Failed(end.Describe(log.LastWords), isFinal: end is { Signal: 0, ExitCode: ExitCodes.DisallowRetry });
            }

            log.FlushIfDue();
            if (killedFor is null && limit is { } most && time.GetElapsedTime(begun) >= most)
            {
                killedFor = $"The task did not stop when its timeout had passed, and was ended by force after {most.TotalSeconds:0.#} seconds.";
                worker.Kill();
            }
            else if (killedFor is null && _cancelled is { } since && time.GetElapsedTime(since) >= cancelGrace)
            {
                killedFor = $"[KILLED BY ORCHESTRATOR] The task did not stop within {cancelGrace.TotalSeconds:0.###} seconds of being cancelled.";
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
