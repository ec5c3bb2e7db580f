using Metaflow.Artifacts;
using Metaflow.Client;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.InProcess;
using Metaflow.Runtime.Logs;
using Metaflow.Runtime.Tasks;
using Metaflow.Storage;

namespace Metaflow.Testing;

public sealed partial class FlowTest<TFlow>
{
    private const string StoreRoot = "/metaflow-test/.metaflow";

    /// <summary>Runs one step: its decorators, its attempts, what it stores.</summary>
    /// <param name="step">The step: <c>nameof(MyFlow.Train)</c>.</param>
    /// <param name="cancellationToken">Asks the step to stop.</param>
    /// <returns>The task, also when it failed.</returns>
    /// <exception cref="ArgumentException">The flow has no such step.</exception>
    public async Task<TestedTask<TFlow>> RunStepAsync(string step, CancellationToken cancellationToken = default)
    {
        RequireStep(step);
        var files = new MemoryFiles();
        var definition = Prepared();
        var store = LocalStore.Open(StoreRoot, files);
        var folder = store.ClaimRun(definition.Name, new RunClaim(definition.Name, UserName, Clock.GetUtcNow(), null, 0).Write());
        RecordAddress started;
        TaskAssignment first;
        using (var writer = folder.OpenWriter())
        {
            started = WriteStart(store, folder, writer);
            first = Assign(step, store, writer);
            writer.Commit();
        }

        files.WritesLeft = Faults.StoreWrites;
        var context = RunContext.Open(store, folder, started, definition, Provider());
        var attempts = new List<TestedAttempt>();
        var executor = new TaskExecutor(context, Clock);
        var (result, next) = (TaskResult.Failed(new("", "", null)), (TaskAssignment?)first);
        while (next is { } assignment)
        {
            result = await AttemptAsync(executor, assignment, attempts, cancellationToken).ConfigureAwait(false);
            next = FollowUp(context, assignment, result);
            var outcome = next is not null && result.Outcome == AttemptOutcome.Failed ? TaskOutcome.Retrying : (TaskOutcome)result.Outcome;
            attempts[^1] = attempts[^1] with { Outcome = outcome };
        }

        return Tested(context, first, result, attempts);
    }

    private TaskAssignment? FollowUp(RunContext context, TaskAssignment assignment, TaskResult result)
    {
        if (result.Outcome != AttemptOutcome.Failed || result.IsFinal || assignment.Fallback is not null)
        {
            return null;
        }

        var decorators = context.Decorators(assignment.Step);
        if ((result.RetryAfter ?? decorators.RetryAfter(new(assignment.Attempt, result.Error!, null, 0))) is { } delay)
        {
            Clock.Advance(delay);
            return assignment with { Attempt = assignment.Attempt + 1 };
        }

        // As in a run: when the process died, one more attempt only lets [Catch] record it.
        return decorators.Find<CatchAttribute>() is null
            ? null
            : assignment with { Attempt = assignment.Attempt + 1, Fallback = result.Error };
    }

    private async Task<TaskResult> AttemptAsync(
        TaskExecutor executor, TaskAssignment assignment, List<TestedAttempt> attempts, CancellationToken cancellationToken)
    {
        var lines = new List<TaskLogLine>();
        var log = new AttemptLog((stream, time, text) => lines.Add(new(time, stream == LogStream.Error, text)), static _ => { }, Clock) { Secrets = executor.Secrets };
        if (Faults.CrashOf(assignment) is not { } result)
        {
            using var pump = new OutputPump(Clock);
            using (ConsoleCapture.To(log, pump))
            {
                result = await executor.ExecuteAsync(assignment, cancellationToken).ConfigureAwait(false);
            }
        }

        log.Complete();
        attempts.Add(new(assignment.Attempt, (TaskOutcome)result.Outcome, result.Error, lines));
        return result;
    }

    private RecordAddress WriteStart(LocalStore store, RunFolder folder, SegmentWriter writer)
    {
        var flow = Parameters();
        var record = new RunStartedRecord
        {
            FlowName = folder.FlowName,
            RunId = folder.RunId,
            Started = Clock.GetUtcNow(),
            UserName = UserName,
            Tags = Tags,
            SystemTags = SystemTags,
            With = With,
            ParameterNames = [.. _definition.Parameters.Select(parameter => parameter.Name)],
            Graph = _definition.Graph,
        };
        var values = _definition.Parameters.Select(parameter => parameter.Keep(flow, store.Blobs));
        return writer.Append(RecordKind.RunStarted, record.Write(), new TaskData { Artifacts = [.. values] }.Write());
    }

    /// <summary>Writes what the step is given, and says where it is.</summary>
    private TaskAssignment Assign(string step, LocalStore store, SegmentWriter writer)
    {
        var stack = _item is null ? [] : (IReadOnlyList<SplitLevel>)[Level(step, writer, [(_item, _place.Index)], _place.Count, _place.Index)];
        var items = _inputs.Select((input, index) => (input.Item ?? (static sink => sink.Add<object?>(null)), index)).ToList();
        var split = _inputs.Exists(input => input.Item is not null) ? Level(step, writer, items, _inputs.Count, 0) : null;
        var inputs = new List<RecordAddress>();
        foreach (var input in _inputs)
        {
            var level = split is null ? null : split with { Index = inputs.Count };
            var body = new TaskData { Artifacts = Keep(store, input.Artifacts) }.Write();
            inputs.Add(writer.Append(
                RecordKind.Given,
                new AttemptRecord
                {
                    TaskId = inputs.Count + 2, Step = input.Step, Attempt = 0, Outcome = AttemptOutcome.Succeeded,
                    Stack = level is null ? stack : [.. stack, level], DataLength = body.Length,
                }.Write(),
                body));
        }

        // The first step is given nothing, and a join only its inputs.
        var isFirst = Graph.FlowGraph.Parse(_definition.Graph).StartStep?.Name == step;
        return new()
        {
            TaskId = 1,
            Step = step,
            Attempt = 0,
            Parent = isFirst || inputs.Count > 0
                ? default
                : writer.Append(RecordKind.Given, [], new TaskData { Artifacts = Keep(store, _artifacts) }.Write()),
            Stack = stack,
            Inputs = inputs,
        };
    }

    /// <summary>A foreach of which the items that were given are known; the others are null.</summary>
    private static SplitLevel Level(
        string step, SegmentWriter writer, IReadOnlyList<(Action<IForEachItemSink> Item, int Index)> given, int count, int index)
    {
        var table = new ForEachItemTable.Builder();
        for (var i = 0; i < count; i++)
        {
            (given.FirstOrDefault(one => one.Index == i).Item ?? (static sink => sink.Add<object?>(null)))(table);
        }

        var bytes = table.Build();
        var items = new StoredArtifact("items", table.Encoding, bytes.Length, ContentHash.Of(bytes), bytes);
        var address = writer.Append(
            RecordKind.Given, [], new TaskData { Next = new(TransitionKind.ForEach, [step], count, items) }.Write());
        return new("", 0, address, true, index, count, step, new ForEachItemTable(bytes, table.Encoding).Label(index));
    }

    private static List<StoredArtifact> Keep(LocalStore store, Dictionary<string, Func<BlobStore, ArtifactContent>> artifacts) =>
        [.. artifacts.Select(artifact => ArtifactKeeper.Keep(store.Blobs, artifact.Value(store.Blobs), artifact.Key))];

    private TestedTask<TFlow> Tested(RunContext context, TaskAssignment assignment, TaskResult result, List<TestedAttempt> attempts)
    {
        var data = TaskData.Parse(result.Data);
        return new(() => (TFlow)TestedFlow.Open(context, data, assignment.Stack))
        {
            Step = assignment.Step,
            Outcome = (TaskOutcome)result.Outcome,
            Attempts = attempts,
            Targets = result.Targets,
            Transition = result.Kind,
            ItemCount = result.Count,
            Index = _item is null ? null : _place.Index,
        };
    }
}
