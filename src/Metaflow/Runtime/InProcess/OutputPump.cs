using System.Runtime.ExceptionServices;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.Logs;

namespace Metaflow.Runtime.InProcess;

/// <summary>
/// Brings what steps write to their logs, on a thread of its own. Whoever writes to <see cref="Console"/> holds its lock
/// meanwhile, and the display of the run needs that lock too: neither may wait for the other.
/// </summary>
internal sealed class OutputPump : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<(AttemptLog Log, LogStream Stream, byte[] Bytes)> _waiting = new();
    private Thread? _thread;
    private ExceptionDispatchInfo? _fault;
    private bool _isBusy;
    private bool _isClosed;

    /// <summary>Takes some output; returns at once.</summary>
    public void Post(AttemptLog log, LogStream stream, byte[] bytes)
    {
        lock (_gate)
        {
            _waiting.Enqueue((log, stream, bytes));
            if (_thread is null)
            {
                _thread = new(Work) { IsBackground = true, Name = "metaflow output" };
                _thread.Start();
            }

            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until all that was taken is in the logs.</summary>
    public void Drain()
    {
        lock (_gate)
        {
            while (_fault is null && (_waiting.Count > 0 || _isBusy))
            {
                Monitor.Wait(_gate);
            }

            _fault?.Throw();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }

        _thread?.Join();
    }

    private void Work()
    {
        try
        {
            while (Take() is var (log, stream, bytes))
            {
                log.Write(stream, bytes);
                log.FlushIfDue();
            }
        }
        catch (Exception exception)
        {
            lock (_gate)
            {
                _fault = ExceptionDispatchInfo.Capture(exception);
                Monitor.PulseAll(_gate);
            }
        }
    }

    private (AttemptLog Log, LogStream Stream, byte[] Bytes)? Take()
    {
        lock (_gate)
        {
            _isBusy = false;
            Monitor.PulseAll(_gate);
            while (_waiting.Count == 0 && !_isClosed)
            {
                Monitor.Wait(_gate);
            }

            _isBusy = _waiting.Count > 0;
            return _isBusy ? _waiting.Dequeue() : null;
        }
    }
}
