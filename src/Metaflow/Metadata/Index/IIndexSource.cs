namespace Metaflow.Metadata.Index;

/// <summary>A run of the store, as the index reads it.</summary>
internal interface IIndexSource
{
    /// <summary>The flow's name.</summary>
    string Flow { get; }

    /// <summary>The run's number in its flow.</summary>
    long RunId { get; }

    /// <summary>
    /// The address up to which the run is recorded now; it grows with every record. An index whose watermark equals it is
    /// up to date, so it should be cheap to tell.
    /// </summary>
    ulong GetHead();

    /// <summary>The state of the run. Its watermark is the head at which the state was read.</summary>
    RunRow ReadRun();

    /// <summary>
    /// The attempts whose records have a greater address, in the order of their addresses. 0 asks for all.
    /// </summary>
    IEnumerable<TaskRow> ReadTasks(ulong after);
}
