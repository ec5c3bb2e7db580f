using System.Runtime.InteropServices;
using Metaflow.Artifacts;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Metadata;

/// <summary>What is known of a run as a whole.</summary>
/// <param name="Started">The run's first record.</param>
/// <param name="Finished">Its last record; <see langword="null"/> while it runs or if it was cut off.</param>
internal sealed record RunInfo(RunStartedRecord Started, RunFinishedRecord? Finished)
{
    public string FlowName => Started.FlowName;

    public string RunId => Started.RunId;

    /// <summary><c>succeeded</c>, <c>failed</c>, <c>interrupted</c>, or <c>running</c> if it has no end yet.</summary>
    public string Status => Finished?.Status ?? "running";
}

/// <summary>The latest attempt of a task.</summary>
/// <param name="Step">The step's name.</param>
/// <param name="TaskId">The task's id.</param>
/// <param name="Attempt">The attempt, zero-based.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Address">Where its record is.</param>
internal readonly record struct TaskEntry(string Step, long TaskId, int Attempt, AttemptOutcome Outcome, RecordAddress Address)
{
    /// <summary>Whether the task's artifacts are valid.</summary>
    public bool IsSuccessful => Outcome is AttemptOutcome.Succeeded or AttemptOutcome.Caught;
}

/// <summary>
/// Reads one run from its segments, which are the truth: no index is needed. Opening it reads each record's header once.
/// </summary>
internal sealed class RunReader : IDisposable
{
    private readonly RunContent _content;
    private readonly SegmentReader _reader;
    private readonly Dictionary<string, List<TaskEntry>> _steps = new(StringComparer.Ordinal);
    private readonly Dictionary<(long Task, int Attempt), List<RecordAddress>> _openLogs = [];
    private readonly RecordAddress _started;

    private RunReader(LocalStore store, RunFolder folder)
    {
        _content = new(store, folder);
        _reader = folder.OpenReader();
        RunStartedRecord? started = null;
        RunFinishedRecord? finished = null;
        IReadOnlyList<string> tags = [];
        foreach (var record in RunRecordReader.Read(folder, _reader))
        {
            tags = RunTags.Follow(tags, record);
            switch (record.Kind)
            {
                case RecordKind.RunStarted:
                    started ??= record.ToRunStarted();
                    _started = _started == default ? record.Address : _started;
                    break;
                case RecordKind.Attempt:
                    Add(record.ToAttempt(), record.Address);
                    break;
                case RecordKind.Log:
                    var source = record.ToLogSource();
                    ref var logs = ref CollectionsMarshal.GetValueRefOrAddDefault(_openLogs, (source.TaskId, source.Attempt), out _);
                    (logs ??= []).Add(record.Address);
                    break;
                case RecordKind.RunFinished:
                    finished = record.ToRunFinished();
                    break;
            }
        }

        if (finished is null)
        {
            RunSeal.Require(folder, _reader);
        }

        Info = new(
            started is null
                ? throw new MetaflowException(
                    $"Run {folder.FlowName}/{folder.RunId} has not begun: it was cut off before its first record was written. Start a new one with 'run'.")
                : started with { Tags = tags },
            finished);
    }

    /// <summary>The run as a whole.</summary>
    public RunInfo Info { get; }

    /// <summary>Where the run's first record is.</summary>
    public RecordAddress StartedAt => _started;

    /// <summary>The steps that have tasks, in the order of their first task's end.</summary>
    public IEnumerable<string> Steps => _steps.Keys;

    /// <summary>How many tasks have ended.</summary>
    public long TaskCount => _steps.Values.Sum(tasks => (long)tasks.Count);

    /// <summary>The parameters and constants.</summary>
    public IReadOnlyList<StoredArtifact> Parameters => _content.Artifacts(_started).Data.Artifacts;

    public static RunReader Open(LocalStore store, string flowName, string runId) => new(store, store.OpenRun(flowName, runId));

    /// <summary>The tasks of a step, by id.</summary>
    public IReadOnlyList<TaskEntry> Tasks(string step) => _steps.TryGetValue(step, out var tasks) ? tasks : [];

    /// <summary>A task of a step.</summary>
    public TaskEntry? FindTask(string step, long taskId)
    {
        foreach (var task in Tasks(step))
        {
            if (task.TaskId == taskId)
            {
                return task;
            }
        }

        return null;
    }

    /// <summary>The whole record of a task's latest attempt.</summary>
    public AttemptRecord Attempt(TaskEntry task) => _reader.Read(task.Address).ToAttempt();

    /// <summary>The artifacts of a task, with those that it passed on.</summary>
    public IArtifactSource Artifacts(TaskEntry task) => _content.Artifacts(task.Address);

    /// <summary>The bytes of a parameter or constant.</summary>
    public ReadOnlyMemory<byte> Read(StoredArtifact artifact) => _content.Read(artifact);

    /// <summary>The output of an attempt, in the order in which it was written.</summary>
    /// <param name="taskId">The task, finished or not.</param>
    /// <param name="attempt">The attempt, zero-based.</param>
    public IEnumerable<LogLine> Log(long taskId, int attempt)
    {
        var logs = _openLogs.TryGetValue((taskId, attempt), out var own) ? own
            : FindTask(taskId) is { } task && task.Attempt == attempt ? Attempt(task).Logs
            : [];
        return logs.SelectMany(address => _reader.Read(address).ToLogLines());
    }

    /// <summary>The attempts of a task that have output or have ended, in order.</summary>
    public IReadOnlyList<int> Attempts(long taskId) =>
    [
        .. _openLogs.Keys.Where(key => key.Task == taskId).Select(key => key.Attempt)
            .Concat(FindTask(taskId) is { } task ? [task.Attempt] : []).Distinct().Order(),
    ];

    /// <summary>A task of any step.</summary>
    public TaskEntry? FindTask(long taskId) =>
        _steps.Keys.Select(step => FindTask(step, taskId)).FirstOrDefault(task => task is not null);

    public void Dispose()
    {
        _content.Dispose();
        _reader.Dispose();
    }

    private void Add(AttemptRecord record, RecordAddress address)
    {
        ref var tasks = ref CollectionsMarshal.GetValueRefOrAddDefault(_steps, record.Step, out _);
        tasks ??= [];
        var entry = new TaskEntry(record.Step, record.TaskId, record.Attempt, record.Outcome, address);
        var earlier = record.Attempt == 0 ? -1 : tasks.FindIndex(task => task.TaskId == record.TaskId);
        if (earlier >= 0)
        {
            tasks[earlier] = entry;
        }
        else
        {
            tasks.Add(entry);
        }
    }
}
