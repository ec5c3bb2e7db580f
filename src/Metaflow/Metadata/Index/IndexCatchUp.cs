using System.Text.Json;
using Metaflow.Metadata.Sqlite;

namespace Metaflow.Metadata.Index;

/// <summary>Brings the index up to date with the store.</summary>
internal static class IndexCatchUp
{
    /// <summary>Indexes what is missing of each run.</summary>
    /// <param name="index">The index.</param>
    /// <param name="sources">The runs; those among <see cref="StoreIndex.SettledRuns"/> can be left out.</param>
    /// <param name="unreadable">Hears of runs that cannot be read; one damaged run does not hide the others.</param>
    /// <param name="cancellationToken">Stops between two transactions; what was indexed stays.</param>
    /// <returns>How many runs were not up to date.</returns>
    /// <exception cref="SqliteException">The index cannot be written. If it is damaged, it is replaced when next opened.</exception>
    public static int Bring(
        StoreIndex index, IEnumerable<IIndexSource> sources, Action<MetaflowException> unreadable, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var source in sources)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                count += Bring(index, source, cancellationToken) ? 1 : 0;
            }
            catch (MetaflowException exception) when (exception is not SqliteException)
            {
                unreadable(exception);
            }
            catch (Exception exception) when (
                exception is JsonException or FormatException or InvalidOperationException and not ObjectDisposedException)
            {
                unreadable(new(
                    $"Run {source.Flow}/{source.RunId} cannot be listed: one of its records is not what it should be "
                    + $"({exception.Message}). Restore the run from a backup, or delete it.",
                    exception));
            }
        }

        return count;
    }

    /// <summary>Empties the index and fills it anew; otherwise like <see cref="Bring(StoreIndex, IEnumerable{IIndexSource}, Action{MetaflowException}, CancellationToken)"/>.</summary>
    /// <returns>How many runs were read.</returns>
    public static int Rebuild(
        StoreIndex index, IEnumerable<IIndexSource> sources, Action<MetaflowException> unreadable, CancellationToken cancellationToken)
    {
        index.Clear();
        return Bring(index, sources, unreadable, cancellationToken);
    }

    private static bool Bring(StoreIndex index, IIndexSource source, CancellationToken cancellationToken)
    {
        // First what is indexed, then what is there: a run that goes on meanwhile cannot seem to have lost its end.
        var known = index.Run(source.Flow, source.RunId);
        var settling = index.Settling(source.Flow, source.RunId) ?? default;

        // Who writes is asked before what is written: what a process wrote before it let go is then seen.
        var (isExecuted, isTagged) = (source.IsExecuted, source.IsTagged);
        var (changed, run) = Follow(index, source, known, cancellationToken);
        if (run is not null && !IndexStatus.IsFinal(run.Status) && run.Status != (isExecuted ? IndexStatus.Running : IndexStatus.Lost))
        {
            index.Apply(
                run with { Status = isExecuted ? IndexStatus.Running : IndexStatus.Lost }, isScheduler: false, [], run.Watermark);
            (changed, settling) = (true, settling with { IsSettled = false });
        }

        if (run is not null && !isExecuted && !isTagged && (changed || !settling.IsSettled))
        {
            index.Settle(source.Flow, source.RunId, settling.Marks);
        }

        return changed;
    }

    /// <summary>Reads what is new.</summary>
    /// <returns>Whether there was anything, and the run's state then.</returns>
    private static (bool Changed, RunRow? Run) Follow(
        StoreIndex index, IIndexSource source, RunRow? known, CancellationToken cancellationToken)
    {
        var lag = known is null ? IndexLag.Behind : source.GetLag(known.Watermark);
        if (lag == IndexLag.None)
        {
            return (false, known);
        }

        if (lag == IndexLag.Ahead)
        {
            index.DeleteRun(source.Flow, source.RunId);
            known = null;
        }

        var basis = known?.Watermark ?? Watermark.None;
        var run = known;
        foreach (var part in source.Read(known))
        {
            cancellationToken.ThrowIfCancellationRequested();
            index.Apply(part.Run, isScheduler: false, part.Tasks.Span, basis);
            basis = basis.Union(part.Run.Watermark);
            run = part.Run;
        }

        return (true, run);
    }
}
