using System.Runtime.InteropServices;
using Metaflow.Storage;

namespace Metaflow.Metadata.Index;

/// <summary>
/// Feeds the index of a store while a run goes on, in batches on a thread of its own. It never holds the run up and never
/// fails it: what it cannot write stays behind the run's watermark, and <see cref="IndexCatchUp"/> brings it later.
/// </summary>
internal sealed class IndexFeeder : IAsyncDisposable
{
    /// <summary>A batch is written as soon as it has this many rows.</summary>
    public const int BatchRows = 5_000;

    /// <summary>Beyond this many waiting rows, new ones are left to be caught up later.</summary>
    public const int Capacity = 100_000;

    /// <summary>A batch is written at the latest when its first row is this old; the first one as soon as the index is open.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>How long the end of a run waits for the last batch.</summary>
    public static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(5);

    // A plain object, because the thread also waits on it.
    private readonly object _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FeedWriter _writer;
    private readonly Action<string> _report;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    private List<TaskRow> _rows = [];
    private List<TaskRow> _spare = [];
    private List<TaskCompletionSource> _flushes = [];
    private RunRow? _pendingRun;

    // The last rows that found no room.
    private Watermark _dropped = Watermark.None;
    private bool _isOpenWanted;
    private bool _wasOpenWanted;
    private bool _isDue;
    private bool _isStopping;
    private volatile bool _isInert;

    /// <param name="open">
    /// Opens the index; called once, on the feeder's thread. The feeder disposes it. <see langword="null"/> to feed nothing.
    /// </param>
    /// <param name="run">The run, as it starts; its watermark is its first record.</param>
    /// <param name="report">Hears once, from another thread, why the index is not fed any more.</param>
    /// <param name="time">The clock for the interval.</param>
    public IndexFeeder(Func<StoreIndex>? open, RunRow run, Action<string> report, TimeProvider? time = null)
    {
        _writer = new(open ?? (static () => throw new InvalidOperationException("There is no index.")), run);
        _report = report;
        _time = time ?? TimeProvider.System;
        _timer = _time.CreateTimer(_ => OnDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (open is null)
        {
            _isInert = _isStopping = true;
            _ended.SetResult();
            return;
        }

        new Thread(Consume) { IsBackground = true, Name = "Metaflow index" }.Start();
        Post(run);
    }

    /// <summary>Hears on the feeder's thread when a batch has been dealt with.</summary>
    public Action? BatchEnded { get; init; }

    /// <summary>Whether the index is not fed any more.</summary>
    public bool IsInert => _isInert;

    /// <summary>Hands over an attempt that has ended and is durable. Attempts come in the order of their addresses.</summary>
    public void Post(in TaskRow row)
    {
        if (_isInert)
        {
            return;
        }

        lock (_gate)
        {
            if (_rows.Count >= Capacity)
            {
                _dropped = _dropped.Union(new RecordAddress(row.Address));
                return;
            }

            _rows.Add(row);
            if (!_wasOpenWanted)
            {
                // Opened while the run goes on: its end need not wait for that, nor did its start.
                _isOpenWanted = _wasOpenWanted = true;
                Monitor.Pulse(_gate);
            }

            if (_rows.Count == BatchRows)
            {
                Monitor.Pulse(_gate);
            }
            else if (_rows.Count == 1 && _pendingRun is null)
            {
                StartInterval();
            }
        }
    }

    /// <summary>
    /// Hands over a new state of the run. Its watermark names the last record that the scheduler wrote in each segment that
    /// it has begun since the state before.
    /// </summary>
    public void Post(RunRow run)
    {
        if (_isInert)
        {
            return;
        }

        lock (_gate)
        {
            if (_rows.Count == 0 && _pendingRun is null)
            {
                StartInterval();
            }

            _pendingRun = run;
        }
    }

    /// <summary>Completes when all that was posted before is in the index, or the feeder is inert.</summary>
    public Task FlushAsync(CancellationToken cancellationToken = default)
    {
        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_isStopping)
            {
                return _ended.Task.WaitAsync(cancellationToken);
            }

            _flushes.Add(flushed);
            Monitor.Pulse(_gate);
        }

        return flushed.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Writes what is left and closes the index; gives up waiting after <see cref="DisposeTimeout"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.Pulse(_gate);
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
        try
        {
            await _ended.Task.WaitAsync(DisposeTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Stop("another process keeps it locked.");
        }

        _isInert = true;
    }

    private void StartInterval() => _timer.Change(Interval, Timeout.InfiniteTimeSpan);

    private void OnDue()
    {
        lock (_gate)
        {
            _isDue = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Consume()
    {
        try
        {
            while (ConsumeOnce())
            {
            }
        }
        finally
        {
            _writer.Close();
            _ended.SetResult();
        }
    }

    /// <summary>Waits for something to do and does it.</summary>
    /// <returns>Whether more can come.</returns>
    private bool ConsumeOnce()
    {
        if (TakeBatch() is not { } batch)
        {
            Attempt(_writer.Open);

            // The first write takes longest: what a short run waits for at its end is then the second.
            OnDue();
            return true;
        }

        Attempt(() => _writer.Write(batch.Run, CollectionsMarshal.AsSpan(batch.Rows), batch.Dropped));
        batch.Rows.Clear();
        _spare = batch.Rows;
        batch.Flushes.ForEach(flush => flush.SetResult());
        BatchEnded?.Invoke();
        return !batch.IsLast;
    }

    /// <summary>Waits for a batch; <see langword="null"/> if the index shall be opened meanwhile.</summary>
    private Batch? TakeBatch()
    {
        lock (_gate)
        {
            while (!_isStopping && !_isDue && _flushes.Count == 0 && _rows.Count < BatchRows)
            {
                if (_isOpenWanted)
                {
                    _isOpenWanted = false;
                    return null;
                }

                Monitor.Wait(_gate);
            }

            var batch = new Batch(_rows, _pendingRun, _dropped, _flushes, _isStopping);
            (_rows, _pendingRun, _dropped, _flushes, _isDue) = (_spare, null, Watermark.None, [], false);
            return batch;
        }
    }

    /// <summary>The index is derived: no fault in it may end the run.</summary>
    private void Attempt(Action action)
    {
        if (_isInert)
        {
            return;
        }

        try
        {
            action();
        }
        catch (Exception exception)
        {
            // A damaged file can only be replaced once nobody has it open.
            _writer.Close();
            Stop(exception is MetaflowException or IOException or UnauthorizedAccessException
                ? exception.Message
                : exception.ToString());
        }
    }

    private void Stop(string reason)
    {
        lock (_gate)
        {
            if (_isInert)
            {
                return;
            }

            _isInert = true;
            _rows.Clear();
        }

        _report($"The index is not fed by this run: {reason} Nothing is lost; the index catches up when it is next used.");
    }

    /// <summary>What the thread takes over at once.</summary>
    private sealed record Batch(
        List<TaskRow> Rows, RunRow? Run, Watermark Dropped, List<TaskCompletionSource> Flushes, bool IsLast);
}
