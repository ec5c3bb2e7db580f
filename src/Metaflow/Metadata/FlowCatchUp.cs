using System.Globalization;
using Metaflow.Metadata.Index;
using Metaflow.Storage;

namespace Metaflow.Metadata;

/// <summary>
/// Brings the index up to date with the runs of a flow. Costs as much as there are runs that can have changed; all runs are
/// looked at only when one was added or removed.
/// </summary>
internal static class FlowCatchUp
{
    /// <summary>Indexes what is new of a flow, and forgets runs that were removed from the store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="index">Its index.</param>
    /// <param name="flow">The flow's name.</param>
    /// <param name="unreadable">Hears of runs that cannot be read; <see langword="null"/> for a run that can.</param>
    /// <param name="cancellationToken">Stops between two runs; what was indexed stays.</param>
    public static void Bring(
        LocalStore store, StoreIndex index, string flow, Action<long, MetaflowException?> unreadable, CancellationToken cancellationToken)
    {
        // The stamp before the names: a run that is added meanwhile changes the next stamp.
        var stamp = store.FlowStamp(flow);
        var (listed, waiting) = index.Listed(flow);
        var unsettled = index.UnsettledRuns(flow).Union(waiting).ToList();
        var pending = new List<long>();
        foreach (var runId in unsettled)
        {
            cancellationToken.ThrowIfCancellationRequested();
            BringRun(store, index, flow, runId, pending, unreadable);
        }

        if (stamp is not null && stamp == listed)
        {
            if (!pending.SequenceEqual(waiting))
            {
                index.SetListed(flow, stamp, pending);
            }

            return;
        }

        var added = store.PossibleRunIds(flow).ToHashSet();
        var removed = index.SettledRuns(flow).Where(runId => !added.Remove(runId)).ToList();
        added.ExceptWith(unsettled);
        foreach (var runId in added.Concat(removed).Order())
        {
            cancellationToken.ThrowIfCancellationRequested();
            BringRun(store, index, flow, runId, pending, unreadable);
        }

        pending.Sort();
        index.SetListed(flow, stamp, pending);
    }

    /// <summary>Indexes what is new of a run, or forgets it if it was removed.</summary>
    /// <returns>Whether the run is in the store.</returns>
    public static bool BringRun(
        LocalStore store, StoreIndex index, string flow, long runId, Action<long, MetaflowException?> unreadable)
    {
        unreadable(runId, null);
        var name = runId.ToString(CultureInfo.InvariantCulture);
        if (!store.RunExists(flow, name))
        {
            index.DeleteRun(flow, runId);
            return false;
        }

        var source = new RunIndexSource(store.OpenRun(flow, name));
        IndexCatchUp.Bring(index, [source], fault => unreadable(runId, fault), CancellationToken.None);
        return true;
    }

    /// <summary>As the other, and notes runs that are there without being indexed: damaged ones, and those not begun yet.</summary>
    private static void BringRun(
        LocalStore store, StoreIndex index, string flow, long runId, List<long> pending, Action<long, MetaflowException?> unreadable)
    {
        if (BringRun(store, index, flow, runId, unreadable) && index.Settling(flow, runId) is null)
        {
            pending.Add(runId);
        }
    }
}
