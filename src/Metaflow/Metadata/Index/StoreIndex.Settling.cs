namespace Metaflow.Metadata.Index;

/// <summary>
/// Which runs need not be looked at again. A run is settled when nobody writes to it and it is indexed whole; whoever is
/// about to add to it marks it first.
/// </summary>
internal sealed partial class StoreIndex
{
    /// <summary>The numbers of a flow's settled runs, ascending.</summary>
    public IReadOnlyList<long> SettledRuns(string flow) => Read(session => new SettlingReader(session).Settled(flow));

    /// <summary>The numbers of a flow's runs that can have changed, ascending.</summary>
    public IReadOnlyList<long> UnsettledRuns(string flow) => Read(session => new SettlingReader(session).Unsettled(flow));

    /// <summary>How a run stands; <see langword="null"/> if the index does not know it.</summary>
    public RunSettling? Settling(string flow, long runId) => Read(session => new SettlingReader(session).Find(flow, runId));

    /// <summary>What <see cref="SetListed"/> noted.</summary>
    public (long? Stamp, IReadOnlyList<long> Pending) Listed(string flow) => Read(session => new SettlingReader(session).Listed(flow));

    /// <summary>
    /// Says that somebody is about to add records to a run: it is looked at again until it is found whole after that.
    /// </summary>
    /// <returns>Whether the index knows the run; bring it up to date first otherwise.</returns>
    public bool Unsettle(string flow, long runId)
    {
        var found = false;
        Write(() => found = _runWriter.Find(flow, runId) is { } key && _runWriter.Unsettle(key.Run));
        return found;
    }

    /// <summary>Says that a run is whole and nobody writes to it.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's number in its flow.</param>
    /// <param name="marks">
    /// The marks that it had before that was found out: with one more somebody may have begun to write since, and nothing
    /// is noted.
    /// </param>
    public void Settle(string flow, long runId, long marks) => Write(() =>
    {
        if (_runWriter.Find(flow, runId) is { } key)
        {
            _runWriter.Settle(key.Run, marks);
        }
    });

    /// <summary>
    /// Notes that all runs of a flow have been looked at: while its directory keeps the stamp no run was added or lost.
    /// </summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="stamp">The directory's stamp before the looking; <see langword="null"/> if it cannot be relied on.</param>
    /// <param name="pending">Runs that are there and could not be indexed.</param>
    public void SetListed(string flow, long? stamp, IReadOnlyCollection<long> pending) =>
        Write(() => _runWriter.SetListed(flow, stamp, pending));
}

/// <summary>How a run stands.</summary>
/// <param name="Status">Its state.</param>
/// <param name="IsSettled">Whether it is whole and nobody writes to it.</param>
/// <param name="Marks">How often somebody said that they would write to it.</param>
internal readonly record struct RunSettling(string Status, bool IsSettled, long Marks);
