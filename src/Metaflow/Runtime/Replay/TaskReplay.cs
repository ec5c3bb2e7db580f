using Metaflow.Artifacts;
using Metaflow.Definitions;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.Logs;
using Metaflow.Runtime.Tasks;
using Metaflow.Storage;
using Metaflow.Storage.Files;

namespace Metaflow.Runtime.Replay;

/// <summary>
/// Executes a task of an earlier run once more, in this process, with the inputs that were recorded for it. The store is only
/// read: what the task stores goes to a directory that is deleted afterwards.
/// </summary>
internal sealed class TaskReplay : IDisposable
{
    private readonly DirectoryInfo _scratch;
    private readonly LocalStore _store;
    private readonly RunContext _context;
    private readonly StoredRecord _record;

    private TaskReplay(DirectoryInfo scratch, LocalStore store, RunContext context, StoredRecord record)
    {
        _scratch = scratch;
        _store = store;
        _context = context;
        _record = record;
        Recorded = record.ToAttempt();
        RecordedArtifacts = context.Content.Artifacts(record);
        Inputs = [.. Recorded.Inputs(record.Body)];
    }

    /// <summary>How the task went in its run.</summary>
    public AttemptRecord Recorded { get; }

    /// <summary>What it left then.</summary>
    public TaskArtifacts RecordedArtifacts { get; }

    /// <summary>The records of the tasks that a join unites; empty for other steps.</summary>
    public IReadOnlyList<RecordAddress> Inputs { get; }

    /// <summary>The run that the task belongs to.</summary>
    public RunStartedRecord Run => _context.Run;

    /// <summary>The flow.</summary>
    public FlowDefinition Definition => _context.Definition;

    /// <summary>The decorators around the step.</summary>
    public IReadOnlyList<StepDecorator> Decorators => _context.Decorators(Recorded.Step);

    /// <summary>Opens a task.</summary>
    /// <param name="storeRoot">The store that holds the run.</param>
    /// <param name="run">The run.</param>
    /// <param name="task">The task's latest attempt.</param>
    /// <param name="definition">The flow as it is now.</param>
    /// <param name="services">For flows whose constructor takes any.</param>
    /// <param name="keeps">Which decorators act.</param>
    public static TaskReplay Open(
        string storeRoot, RunReader run, TaskEntry task, FlowDefinition definition, IServiceProvider? services,
        Func<StepDecorator, bool> keeps)
    {
        if (!definition.Steps.Any(step => step.Name == task.Step))
        {
            throw new MetaflowException(
                $"Step {task.Step} of run {run.Info.RunId} is not in the flow any more, so its tasks cannot be executed again.");
        }

        var scratch = Directory.CreateTempSubdirectory("metaflow-replay-");
        LocalStore? store = null;
        try
        {
            using var aside = LocalStore.Open(scratch.FullName);
            var upper = new LocalBackend(LocalFileSystem.Instance, scratch.FullName);
            store = LocalStore.OpenReadOnly(storeRoot, upper);
            var folder = store.OpenRun(run.Info.FlowName, run.Info.RunId);
            var live = aside.ClaimRun(run.Info.FlowName, new RunClaim(run.Info.FlowName, "", default, null, 0).Write());
            var context = RunContext.Open(store, folder, run.StartedAt, definition, services, keeps, live);
            return new(scratch, store, context, context.Content.Record(task.Address));
        }
        catch
        {
            store?.Dispose();
            scratch.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>The step and id of a task that a join unites.</summary>
    public (string Step, long TaskId) NameOf(RecordAddress input)
    {
        var attempt = _context.Content.Record(input).ToAttempt();
        return (attempt.Step, attempt.TaskId);
    }

    /// <summary>Gives the step another value than was recorded.</summary>
    /// <param name="input">The task that left it: one of <see cref="Inputs"/>, or <see langword="null"/> for the task before.</param>
    /// <param name="artifacts">The values by name.</param>
    public void Replace(RecordAddress? input, IReadOnlyDictionary<string, ArtifactContent> artifacts)
    {
        var address = input ?? Recorded.Parent;
        if (address == default)
        {
            throw new MetaflowException(
                Inputs.Count > 0
                    ? $"Step {Recorded.Step} is a join: say which of its inputs has another artifact."
                    : $"Step {Recorded.Step} is the first one, so no artifacts are given to it.");
        }

        _context.Content.Replace(
            address, [.. artifacts.Select(artifact => ArtifactKeeper.Keep(_store.Blobs, artifact.Value, artifact.Key))]);
    }

    /// <summary>What the step is given and nobody may read; known when it runs.</summary>
    public SecretMask Secrets { get; } = new();

    /// <summary>Executes the task on this thread.</summary>
    /// <param name="time">The clock for timeouts.</param>
    /// <param name="cancellationToken">Asks the step to stop.</param>
    public async Task<ReplayResult> ExecuteAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var assignment = new TaskAssignment
        {
            TaskId = Recorded.TaskId,
            Step = Recorded.Step,
            Attempt = Recorded.Attempt,
            Parent = Recorded.Parent,
            Stack = Recorded.Stack,
            Inputs = Inputs,
        };
        var result = await new TaskExecutor(_context, time) { Secrets = Secrets }.ExecuteAsync(assignment, cancellationToken).ConfigureAwait(false);
        var data = TaskData.Parse(result.Data);
        return new(result, data, new(_context.Content, data));
    }

    /// <summary>Where the task led in its run.</summary>
    public StoredTransition? RecordedNext => _record.ToTaskData().Next;

    /// <summary>The items of the foreach around the task, if there is one.</summary>
    public StoredArtifact? Items(SplitLevel level) => _context.Content.Artifacts(level.SplitAt).Data.Next?.Items;


    /// <summary>Opens stored content, of the run or new.</summary>
    public Stream OpenBlob(ContentHash hash) => _store.Blobs.OpenRead(hash);

    public void Dispose()
    {
        _context.Dispose();
        _store.Dispose();
        _scratch.Delete(recursive: true);
    }
}

/// <summary>What came of a task that was executed once more.</summary>
/// <param name="Result">The result.</param>
/// <param name="Data">What it left.</param>
/// <param name="Artifacts">All artifacts after it, also those that it passed on.</param>
internal sealed record ReplayResult(TaskResult Result, TaskData Data, TaskArtifacts Artifacts);
