using System.Buffers.Binary;
using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.FlowMatrix.Running;

/// <summary>An attempt as it was read back.</summary>
/// <param name="Record">Its record.</param>
/// <param name="Address">Where the record is.</param>
/// <param name="Inputs">Of a join, the records of the branches' last tasks.</param>
internal sealed record StoredAttempt(AttemptRecord Record, RecordAddress Address, IReadOnlyList<RecordAddress> Inputs)
{
    public string Step => Record.Step;

    public long TaskId => Record.TaskId;

    /// <summary>The task as the flows name themselves.</summary>
    public string Name => $"{Step}/{TaskId}";

    public bool HasResult => Record.Outcome is AttemptOutcome.Succeeded or AttemptOutcome.Caught;
}

/// <summary>A run read back from the store, by a store object of its own.</summary>
internal sealed class StoredRun : IDisposable
{
    private readonly LocalStore _store;
    private readonly Dictionary<RecordAddress, StoredAttempt> _byAddress = [];

    public StoredRun(string storeRoot, string flowName, string runId)
    {
        _store = LocalStore.OpenReadOnly(storeRoot);
        Reader = RunReader.Open(_store, flowName, runId);
        var folder = _store.OpenRun(flowName, runId);
        using var records = folder.OpenReader();
        foreach (var record in RunRecordReader.Read(folder, records).Where(record => record.Kind == RecordKind.Attempt))
        {
            var attempt = record.ToAttempt();
            _byAddress.Add(record.Address, new(attempt, record.Address, InputsOf(attempt, record.Body)));
        }

        Attempts = [.. _byAddress.Values];
        Tasks = [.. Attempts.GroupBy(attempt => attempt.TaskId).Select(group => group.MaxBy(attempt => attempt.Record.Attempt)!)];
    }

    public RunReader Reader { get; }

    public string Status => Reader.Info.Status;

    /// <summary>Every attempt, in the order in which they ended.</summary>
    public IReadOnlyList<StoredAttempt> Attempts { get; }

    /// <summary>The last attempt of each task.</summary>
    public IReadOnlyList<StoredAttempt> Tasks { get; }

    public StoredAttempt this[RecordAddress address] => _byAddress[address];

    /// <summary>The only task of a step.</summary>
    public StoredAttempt Single(string step) => Assert.Single(Tasks, task => task.Step == step);

    /// <summary>The tasks that a task follows from.</summary>
    public IEnumerable<StoredAttempt> Parents(StoredAttempt task) =>
        (task.Inputs.Count > 0 ? task.Inputs : task.Record.Parent == default ? [] : [task.Record.Parent]).Select(address => this[address]);

    public bool Has(StoredAttempt task, string artifact) => Source(task).Find(artifact) is not null;

    public StoredArtifact Find(StoredAttempt task, string artifact) =>
        Source(task).Find(artifact) ?? throw new InvalidOperationException($"{task.Name} has no artifact {artifact}.");

    public T Read<T>(StoredAttempt task, string artifact)
    {
        var source = Source(task);
        var stored = Find(task, artifact);
        return ArtifactCodec.Decode<T>(artifact, stored.Encoding, source.ReadAll(stored), source.OpenBlob);
    }

    /// <summary>A parameter or constant.</summary>
    public T ReadParameter<T>(string name)
    {
        var stored = Reader.Parameters.Single(parameter => parameter.Name == name);
        return ArtifactCodec.Decode<T>(name, stored.Encoding, Reader.Read(stored));
    }

    /// <summary>The lines that an attempt wrote to one stream.</summary>
    public IReadOnlyList<string> Log(StoredAttempt attempt, LogStream stream) =>
        [.. Reader.Log(attempt.TaskId, attempt.Record.Attempt).Where(line => line.Stream == stream).Select(line => line.Text)];

    public void Dispose()
    {
        Reader.Dispose();
        _store.Dispose();
    }

    private IArtifactSource Source(StoredAttempt task) =>
        Reader.Artifacts(new(task.Step, task.TaskId, task.Record.Attempt, task.Record.Outcome, task.Address));

    private static RecordAddress[] InputsOf(AttemptRecord attempt, ReadOnlyMemory<byte> body)
    {
        var addresses = body.Span[attempt.DataLength..];
        var inputs = new RecordAddress[addresses.Length / sizeof(ulong)];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = new(BinaryPrimitives.ReadUInt64LittleEndian(addresses[(i * sizeof(ulong))..]));
        }

        return inputs;
    }
}
