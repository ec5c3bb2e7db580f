using System.Runtime.ExceptionServices;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.Logs;

namespace Metaflow.Runtime.InProcess;

/// <summary>
/// Brings what steps write to their logs, on a thread of its own. Whoever writes to <see cref="Console"/> holds its lock
/// meanwhile, and the display of the run needs that lock too: neither may wait for the other. So what waits is bounded by
/// what the log would keep; of the rest only the end waits.
/// </summary>
internal sealed class OutputPump(TimeProvider time) : IDisposable
{
    private const int ChunkSize = 4096;

    /// <summary>Bytes that are written within this time may have one stamp.</summary>
    private static readonly TimeSpan SameMoment = TimeSpan.FromMilliseconds(5);

    private readonly object _gate = new();
    private readonly Queue<Chunk> _waiting = new();
    private readonly LogTail?[] _tails = new LogTail?[(int)LogStream.Error + 1];
    private readonly long[] _posted = new long[(int)LogStream.Error + 1];

    private Chunk? _last;
    private AttemptLog? _log;
    private Thread? _thread;
    private ExceptionDispatchInfo? _fault;
    private bool _isBusy;
    private bool _isClosed;

    /// <summary>Takes some output; returns at once. All of it is of one log until <see cref="Drain"/>.</summary>
    public void Post(AttemptLog log, LogStream stream, ReadOnlySpan<byte> bytes)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            _log = log;
            ref var posted = ref _posted[(int)stream];
            posted += bytes.Length;
            if (posted > log.Maximum + LineSplitter.MaximumLine)
            {
                (_tails[(int)stream] ??= new()).Add(bytes);
                return;
            }

            Enqueue(stream, now, bytes);
            if (_thread is null)
            {
                _thread = new(Work) { IsBackground = true, Name = "metaflow output" };
                _thread.Start();
            }

            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until all that was taken is in the log.</summary>
    public void Drain()
    {
        lock (_gate)
        {
            while (_fault is null && (_waiting.Count > 0 || _isBusy))
            {
                Monitor.Wait(_gate);
            }

            _fault?.Throw();
            for (var stream = LogStream.Out; stream <= LogStream.Error; stream++)
            {
                if (_tails[(int)stream] is { } tail)
                {
                    _log!.LeaveOut(stream, tail);
                }
            }

            Array.Clear(_tails);
            Array.Clear(_posted);
            _log = null;
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

    private void Enqueue(LogStream stream, DateTimeOffset now, ReadOnlySpan<byte> bytes)
    {
        if (_last is { } last && last.Stream == stream && now - last.Time < SameMoment && last.TryAdd(bytes))
        {
            return;
        }

        _last = new(stream, now, Math.Max(ChunkSize, bytes.Length));
        _last.TryAdd(bytes);
        _waiting.Enqueue(_last);
    }

    private void Work()
    {
        try
        {
            while (Take(out var log, out var chunk))
            {
                if (chunk is not null)
                {
                    log.Write(chunk.Stream, chunk.Bytes, chunk.Time);
                }

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

    /// <summary>Waits for output, or until a log has lines that should not wait any longer.</summary>
    private bool Take(out AttemptLog log, out Chunk? chunk)
    {
        lock (_gate)
        {
            _isBusy = false;
            Monitor.PulseAll(_gate);
            while (_waiting.Count == 0 && !_isClosed)
            {
                if (_log?.FlushDue is not { } due)
                {
                    Monitor.Wait(_gate);
                }
                else if (due == TimeSpan.Zero)
                {
                    break;
                }
                else
                {
                    // The log may have been drained meanwhile, so look again.
                    Monitor.Wait(_gate, due);
                }
            }

            // Nobody but this thread uses the log while it is busy.
            chunk = _waiting.Count > 0 ? _waiting.Dequeue() : null;
            _last = chunk == _last ? null : _last;
            log = _log!;
            _isBusy = log is not null && !(chunk is null && _isClosed);
            return _isBusy;
        }
    }

    /// <summary>Bytes of one stream that were written at one moment.</summary>
    private sealed class Chunk(LogStream stream, DateTimeOffset time, int capacity)
    {
        private readonly byte[] _bytes = new byte[capacity];
        private int _length;

        public LogStream Stream { get; } = stream;

        public DateTimeOffset Time { get; } = time;

        public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

        public bool TryAdd(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length > _bytes.Length - _length)
            {
                return false;
            }

            bytes.CopyTo(_bytes.AsSpan(_length));
            _length += bytes.Length;
            return true;
        }
    }
}
