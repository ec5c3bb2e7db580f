namespace Metaflow.Metadata.Index;

/// <summary>Brings the index up to date with the store.</summary>
internal static class IndexCatchUp
{
    /// <summary>Indexes what is missing of each run.</summary>
    /// <returns>How many runs were not up to date.</returns>
    public static int Bring(StoreIndex index, IEnumerable<IIndexSource> sources, CancellationToken cancellationToken = default)
    {
        var count = 0;
        foreach (var source in sources)
        {
            cancellationToken.ThrowIfCancellationRequested();
            count += Bring(index, source, cancellationToken) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Empties the index and fills it anew.</summary>
    /// <returns>How many runs were read.</returns>
    public static int Rebuild(StoreIndex index, IEnumerable<IIndexSource> sources, CancellationToken cancellationToken = default)
    {
        index.Clear();
        return Bring(index, sources, cancellationToken);
    }

    private static bool Bring(StoreIndex index, IIndexSource source, CancellationToken cancellationToken)
    {
        // First what is indexed, then what is there: a run that goes on meanwhile cannot seem to have lost its end.
        var known = index.Run(source.Flow, source.RunId);
        if (known is not null)
        {
            var lag = source.GetLag(known.Watermark);
            if (lag == IndexLag.None)
            {
                return false;
            }

            if (lag == IndexLag.Ahead)
            {
                index.DeleteRun(source.Flow, source.RunId);
                known = null;
            }
        }

        var basis = known?.Watermark ?? Watermark.None;
        foreach (var part in source.Read(known))
        {
            cancellationToken.ThrowIfCancellationRequested();
            index.Apply(part.Run, isScheduler: false, part.Tasks.Span, basis);
            basis = basis.Union(part.Run.Watermark);
        }

        return true;
    }
}
