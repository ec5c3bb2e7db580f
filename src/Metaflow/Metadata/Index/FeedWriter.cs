namespace Metaflow.Metadata.Index;

/// <summary>Writes the batches of one run; used by one thread.</summary>
/// <param name="open">Opens the index, on first use.</param>
/// <param name="run">The run, as it starts.</param>
internal sealed class FeedWriter(Func<StoreIndex> open, RunRow run)
{
    // Attempts in earlier segments were taken over from the run that this one resumes: no place in the run's own record.
    private readonly int _firstSegment = run.Watermark.Places is [var first, ..] ? first.Segment : 0;

    private StoreIndex? _index;
    private RunRow _run = run;

    // What must be in the index before the next batch for the watermark to move on.
    private Watermark _basis = Watermark.None;

    /// <summary>Opens the index unless it is open.</summary>
    /// <exception cref="MetaflowException">There is no index that outlives the run.</exception>
    public void Open()
    {
        _index ??= open();
        if (_index.MemoryReason is { } reason)
        {
            throw new MetaflowException(reason);
        }
    }

    /// <summary>Writes a batch.</summary>
    /// <param name="run">The state of the run after it, if that is new.</param>
    /// <param name="rows">The attempts.</param>
    /// <param name="dropped">Attempts that are missing between this batch and the next.</param>
    public void Write(RunRow? run, ReadOnlySpan<TaskRow> rows, Watermark dropped)
    {
        Open();
        if (run is null && rows.Length == 0)
        {
            return;
        }

        _run = run ?? _run;
        var (basis, end) = (_basis, Watermark.Of(rows).From(_firstSegment));
        _basis = basis.Union(end).Union(_run.Watermark).Union(dropped);
        if (run is not null)
        {
            _index!.Apply(run with { Watermark = run.Watermark.Union(end) }, isScheduler: true, rows, basis);
        }
        else if (!_index!.AddTasks(_run.Flow, _run.RunId, rows, basis, end))
        {
            // The run was taken out of the index meanwhile, and with it what had been written before.
            _index.Apply(_run with { Watermark = end }, isScheduler: true, rows, basis);
        }
    }

    /// <summary>Closes the index if it is open.</summary>
    public void Close()
    {
        _index?.Dispose();
        _index = null;
    }
}
