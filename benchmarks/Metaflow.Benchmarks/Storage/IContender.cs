namespace Metaflow.Benchmarks.Storage;

/// <summary>One way to store what a task leaves.</summary>
internal interface IContender : IDisposable
{
    /// <summary>Encodes the artifacts and stores them; durable on return.</summary>
    void Save(Case what);

    /// <summary>Opens what was saved last, checks it as far as the way has a check, and makes the values.</summary>
    void Load(Case what);

    /// <summary>How many bytes of disk the last save took.</summary>
    long StoredBytes { get; }

    /// <summary>Deletes what was saved last.</summary>
    void Drop();
}
