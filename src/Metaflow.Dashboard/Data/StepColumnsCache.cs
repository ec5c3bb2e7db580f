using Metaflow.Client;
using Metaflow.Metadata.Index;

namespace Metaflow.Dashboard.Data;

/// <summary>
/// The columns of the steps that were looked at last. Small steps are read while the caller waits, large ones beside it;
/// what is kept is bounded in rows.
/// </summary>
internal sealed class StepColumnsCache
{
    /// <summary>A step with at most so many attempts is read at once.</summary>
    public const int Small = 20_000;

    private const long MaximumRows = 4_000_000;

    private readonly Lock _gate = new();
    private readonly LinkedList<Entry> _entries = new();

    /// <summary>The columns of a step; <see langword="null"/> while they are being read.</summary>
    /// <param name="run">The run.</param>
    /// <param name="step">What the index knows of the step.</param>
    /// <param name="isFinal">Whether the run has ended, so that nothing changes any more.</param>
    public StepColumns? Find(StoredRun run, StepSummary step, bool isFinal)
    {
        Entry entry;
        lock (_gate)
        {
            entry = Touch((run.Flow, run.Number, step.Name));
            if (entry.Columns is { } known && (isFinal ? entry.Indexed == step.Attempts : !entry.IsStale(step.Attempts)))
            {
                return known;
            }

            entry.Reading ??= Task.Run(() => Read(entry, run, step));
        }

        if (step.Attempts <= Small)
        {
            entry.Reading?.GetAwaiter().GetResult();
        }

        return entry.Columns;
    }

    /// <summary>The columns of a step, however long it takes.</summary>
    public async Task<StepColumns?> GetAsync(StoredRun run, StepSummary step, bool isFinal)
    {
        if (Find(run, step, isFinal) is { } known)
        {
            return known;
        }

        Task? reading;
        lock (_gate)
        {
            reading = Touch((run.Flow, run.Number, step.Name)).Reading;
        }

        if (reading is not null)
        {
            await reading.ConfigureAwait(false);
        }

        return Find(run, step, isFinal);
    }

    private void Read(Entry entry, StoredRun run, StepSummary step)
    {
        try
        {
            var columns = StepColumns.Read(run, step, CancellationToken.None);
            if (columns.Count > Small)
            {
                // The timeline asks for it next.
                _ = columns.ByStart;
            }

            lock (_gate)
            {
                entry.Columns = columns;
                entry.Indexed = step.Attempts;
                Trim();
            }
        }
        finally
        {
            lock (_gate)
            {
                entry.Reading = null;
            }
        }
    }

    private Entry Touch((string Flow, long Run, string Step) key)
    {
        for (var node = _entries.First; node is not null; node = node.Next)
        {
            if (node.Value.Key == key)
            {
                _entries.Remove(node);
                _entries.AddFirst(node);
                return node.Value;
            }
        }

        return _entries.AddFirst(new Entry(key)).Value;
    }

    private void Trim()
    {
        var rows = _entries.Sum(entry => entry.Columns?.Count ?? 0L);
        for (var node = _entries.Last; node is not null && node != _entries.First && (rows > MaximumRows || _entries.Count > 500);)
        {
            var previous = node.Previous;
            if (node.Value.Reading is null)
            {
                rows -= node.Value.Columns?.Count ?? 0;
                _entries.Remove(node);
            }

            node = previous;
        }
    }

    private sealed class Entry((string Flow, long Run, string Step) key)
    {
        public (string Flow, long Run, string Step) Key { get; } = key;
        public StepColumns? Columns { get; set; }
        public Task? Reading { get; set; }

        /// <summary>How many attempts the index had when the columns were read.</summary>
        public long Indexed { get; set; }

        /// <summary>Whether enough has been added to read again: small steps at once, large ones when they have grown by a tenth.</summary>
        public bool IsStale(long attempts) => attempts <= Small ? attempts != Indexed : attempts > Indexed + (Indexed / 10);
    }
}
