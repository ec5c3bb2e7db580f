using System.Collections.Concurrent;
using Metaflow.Metadata;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Sqlite;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>
/// The index as the client asks it: before each question it is brought up to date with what the question is about, and an
/// index that turns out to be damaged is replaced and asked again.
/// </summary>
internal sealed class IndexView(LocalStore store) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<(string Flow, long RunId), MetaflowException> _unreadable = new();
    private StoreIndex? _index;
    private bool _disposed;

    /// <summary>The runs that could not be read when they were last looked at, and why.</summary>
    public IReadOnlyList<MetaflowException> Unreadable => [.. _unreadable.OrderBy(run => run.Key).Select(run => run.Value)];

    /// <summary>Asks about all flows.</summary>
    public T OfStore<T>(Func<StoreIndex, T> query) => Query(query, index =>
    {
        foreach (var flow in store.PossibleFlows().Union(index.Flows(), StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            Refresh(index, flow);
        }
    });

    /// <summary>Asks about the runs of a flow.</summary>
    public T OfFlow<T>(string flow, Func<StoreIndex, T> query) => Query(query, index => Refresh(index, flow));

    /// <summary>Asks about one run.</summary>
    /// <exception cref="MetaflowException">The run cannot be read.</exception>
    public T OfRun<T>(string flow, long runId, Func<StoreIndex, T> query) => Query(query, index =>
    {
        if (index.Settling(flow, runId) is { IsSettled: true } settling && IndexStatus.IsFinal(settling.Status)
            && store.RunExists(flow, ObjectPath.Text(runId)))
        {
            return;
        }

        FlowCatchUp.BringRun(store, index, flow, runId, (run, fault) => Note(flow, run, fault));
        if (_unreadable.TryGetValue((flow, runId), out var fault))
        {
            throw fault;
        }
    });

    /// <summary>Asks about what was brought up to date before: the further pages of a listing.</summary>
    public T AsItIs<T>(Func<StoreIndex, T> query) => Query(query, static _ => { });

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _index?.Dispose();
            _index = null;
        }
    }

    private T Query<T>(Func<StoreIndex, T> query, Action<StoreIndex> refresh)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(MetaflowClient));
            try
            {
                return Ask();
            }
            catch (SqliteException damage) when (damage.IsDamage)
            {
                // The damaged file is marked; whoever opens it next makes it anew from the store.
                _index?.Dispose();
                _index = null;
                return Ask();
            }
        }

        T Ask()
        {
            _index ??= StoreIndex.Open(store.Root, readOnly: false);
            refresh(_index);
            return query(_index);
        }
    }

    /// <summary>Indexes what is new of a flow, and forgets the runs that were removed from the store.</summary>
    private void Refresh(StoreIndex index, string flow) =>
        FlowCatchUp.Bring(store, index, flow, (run, fault) => Note(flow, run, fault), CancellationToken.None);

    private void Note(string flow, long runId, MetaflowException? fault)
    {
        if (fault is not null)
        {
            _unreadable[(flow, runId)] = fault;
        }
        else
        {
            _unreadable.TryRemove((flow, runId), out _);
        }
    }
}
