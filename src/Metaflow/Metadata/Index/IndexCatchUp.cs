using System.Runtime.InteropServices;

namespace Metaflow.Metadata.Index;

/// <summary>Brings the index up to date with the store.</summary>
internal static class IndexCatchUp
{
    private const int BatchRows = 10_000;

    /// <summary>Indexes what is missing of each run.</summary>
    /// <returns>How many runs were behind.</returns>
    public static int Bring(StoreIndex index, IEnumerable<IIndexSource> sources, CancellationToken cancellationToken = default)
    {
        var behind = 0;
        var batch = new List<TaskRow>();
        foreach (var source in sources)
        {
            cancellationToken.ThrowIfCancellationRequested();
            behind += Bring(index, source, batch, cancellationToken) ? 1 : 0;
        }

        return behind;
    }

    /// <summary>Empties the index and fills it anew.</summary>
    /// <returns>How many runs it has now.</returns>
    public static int Rebuild(StoreIndex index, IEnumerable<IIndexSource> sources, CancellationToken cancellationToken = default)
    {
        index.Clear();
        return Bring(index, sources, cancellationToken);
    }

    private static bool Bring(StoreIndex index, IIndexSource source, List<TaskRow> batch, CancellationToken cancellationToken)
    {
        // First what is indexed, then what is there: a run that goes on meanwhile cannot seem to have shrunk.
        var known = index.Run(source.Flow, source.RunId);
        var head = source.GetHead();
        if (known?.Watermark == head)
        {
            return false;
        }

        if (known?.Watermark > head)
        {
            // The run is another one than was indexed, or lost its end in a crash.
            index.DeleteRun(source.Flow, source.RunId);
            known = null;
        }

        var done = known?.Watermark ?? 0;
        var run = source.ReadRun();
        if (known is null)
        {
            index.UpsertRun(run with { Watermark = 0 });
        }

        batch.Clear();
        foreach (var task in source.ReadTasks(done))
        {
            batch.Add(task);
            done = Math.Max(done, task.Address);
            if (batch.Count == BatchRows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                // Not beyond the state that was read: what changed after it must still count as missing.
                var watermark = Math.Min(done, run.Watermark);
                index.AddTasks(source.Flow, source.RunId, CollectionsMarshal.AsSpan(batch), watermark);
                batch.Clear();
            }
        }

        index.AddTasks(source.Flow, source.RunId, CollectionsMarshal.AsSpan(batch), watermark: 0);
        index.UpsertRun(run);
        return true;
    }
}
