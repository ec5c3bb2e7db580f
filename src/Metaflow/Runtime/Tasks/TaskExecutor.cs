using Metaflow.Artifacts;
using Metaflow.Definitions;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.Logs;
using Metaflow.Storage;

namespace Metaflow.Runtime.Tasks;

/// <summary>
/// Executes attempts: opens the inputs, calls the step through its decorators, stores what it left. The same code runs in
/// worker processes and in the scheduler's own. One object per thread.
/// </summary>
internal sealed class TaskExecutor(RunContext context, TimeProvider time)
{
    private TaskCardSession? _cards;
    private List<ExternalInput> _inputs = [];

    /// <summary>What the steps that ran here have been given and nobody may read.</summary>
    public SecretMask Secrets { get; init; } = new();

    /// <summary>Runs one attempt. Failures of the step come back as a result, not as an exception.</summary>
    public async Task<TaskResult> ExecuteAsync(TaskAssignment assignment, CancellationToken cancellationToken)
    {
        _inputs = [];
        var decorators = context.Decorators(assignment.Step);
        var artifacts = new ArtifactTable(
            $"{context.Definition.Name}/{context.Run.RunId}/{assignment.Step}/{assignment.TaskId}",
            assignment.Parent == default ? null : context.Content.Artifacts(assignment.Parent));
        var call = new StepCall(context, assignment, decorators, artifacts, time, Secrets, cancellationToken);
        if (assignment.Fallback is { } ended)
        {
            return Store(assignment, call, call.Recover(ended, decorators.Find<CatchAttribute>()), null);
        }

        _cards?.DeleteHandedOver();
        using var cards = _cards = TaskCardSession.Start(context, assignment, artifacts, decorators, time, Console.Error.WriteLine);
        try
        {
            return Store(assignment, call, await InvokeAsync(assignment, call, cards, cancellationToken).ConfigureAwait(false), cards);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var error = call.Describe(exception);
            if (decorators.Find<CatchAttribute>() is { } handler && call.RetryAfter(exception) is null)
            {
                // What the step left could not be stored.
                return Store(assignment, call, call.Recover(error, handler), cards);
            }

            Failures.PrintFailed(Failures.Name(context, assignment), exception, error);
            return TaskResult.Failed(error) with
            {
                Data = WithCards(new() { Inputs = Inputs() }, cards, error),
                IsWorkerSpent = cards is { IsSpent: true },
                RetryAfter = call.RetryAfter(exception),
                IsFinal = call.RetryAfter(exception) is null,
            };
        }
        catch (Exception exception)
        {
            // The run is ending and told the step to stop; what the step threw on its way out is not the run's failure.
            Console.Error.WriteLine($"{Failures.Name(context, assignment)} was cancelled: {exception.GetType().Name}: {exception.Message}");
            return TaskResult.Failed(new("cancelled", "The task was cancelled because the run is ending.", null), isFinal: true);
        }
    }

    private async ValueTask<Transition?> InvokeAsync(
        TaskAssignment assignment, StepCall call, TaskCardSession? cards, CancellationToken cancellationToken)
    {
        var current = new Current(Facts(assignment, cards), cancellationToken);
        try
        {
            var flow = context.CreateFlow();
            flow.Attach(new()
            {
                Current = current,
                Artifacts = call.Artifacts,
                ForEachStack = ForEachStack(assignment.Stack),
                Item = Item(assignment.Stack),
            });
            var step = context.Step(assignment.Step);
            var arguments = new Arguments(this, assignment);
            return await call.InvokeAsync(flow, () => step.Invoke(flow, arguments)).ConfigureAwait(false);
        }
        finally
        {
            current.DeleteTempDirectory();
        }
    }

    private TaskResult Store(TaskAssignment assignment, StepCall call, Transition? transition, TaskCardSession? cards)
    {
        StoredTransition? next = null;
        if (transition is not null)
        {
            next = new(transition.Kind, transition.Targets);
            if (transition.ForEachItems is { } items)
            {
                var table = new ForEachItemTable.Builder();
                items.Send(table);
                if (table.Count == 0)
                {
                    throw new MetaflowException(
                        $"Step {assignment.Step}: the foreach to '{transition.Targets[0]}' has no items. "
                        + "Give NextForEach at least one item, or choose another transition when there are none.");
                }

                next = next with { Count = table.Count, Items = ArtifactKeeper.Keep(context.Store.Blobs, new(table.Encoding, new(table.Build())), "items") };
            }
        }

        return new()
        {
            Outcome = call.Caught is null ? AttemptOutcome.Succeeded : AttemptOutcome.Caught,
            Data = WithCards(TaskStorage.Collect(context, assignment.Parent, call.Artifacts, next) with { Inputs = Inputs() }, cards, call.Caught),
            IsWorkerSpent = cards is { IsSpent: true },
            Kind = next?.Kind,
            Targets = next?.Targets ?? [],
            Count = next?.Count ?? 0,
            Error = call.Caught,
        };
    }

    /// <summary>What the step said that it reads; other threads of it may still be saying more.</summary>
    private ExternalInput[] Inputs()
    {
        lock (_inputs)
        {
            return [.. _inputs];
        }
    }

    /// <summary>What the attempt leaves, with its cards.</summary>
    private static byte[] WithCards(TaskData data, TaskCardSession? cards, CaughtException? error) =>
        (cards is null ? data : data with { Cards = cards.Finish(data, error) }).Write();

    private CurrentFacts Facts(TaskAssignment assignment, TaskCardSession? cards) => new()
    {
        FlowName = context.Definition.Name,
        RunId = context.Run.RunId,
        StepName = assignment.Step,
        TaskId = assignment.TaskId.ToString(System.Globalization.CultureInfo.InvariantCulture),
        RetryCount = assignment.Attempt,
        OriginRunId = context.Run.OriginRunId,
        UserName = context.Run.UserName,
        Namespace = context.Run.Namespace,
        Tags = context.Run.Tags,
        Project = ProjectBranch.Of(context.Run.SystemTags),
        ParameterNames = context.Run.ParameterNames,
        Graph = () => context.StepInfos,
        Inputs = _inputs,
        Seed = () => TaskSeed.Of(context.Run.Seed, assignment.Step, assignment.Stack),
        ChangeTags = (remove, add, cancellationToken) => new TagChange(remove, add).ApplyAsync(
            context.Store, context.Folder, context.Run.SystemTags, context.Run.UserName, time, cancellationToken),
        Cards = () => cards?.Cards ?? new($"Step {assignment.Step}", [], Console.Error.WriteLine),
    };

    private StoredItem? Item(IReadOnlyList<SplitLevel> stack)
    {
        for (var i = stack.Count - 1; i >= 0; i--)
        {
            if (stack[i].IsForEach)
            {
                var (content, encoding) = context.Content.Item(stack[i].SplitAt, stack[i].Index);
                return new(encoding, content);
            }
        }

        return null;
    }

    private static ForEachFrame[] ForEachStack(IReadOnlyList<SplitLevel> stack) => stack.Count == 0
        ? []
        : [.. stack.Where(level => level.IsForEach).Select(level => new ForEachFrame(level.SplitStep, level.Index, level.Count, level.Label))];

    private TFlow OpenInput<TFlow>(RecordAddress address)
        where TFlow : FlowSpec
    {
        var record = context.Content.Record(address);
        var attempt = record.ToAttempt();
        var flow = (TFlow)context.CreateFlow();
        flow.Attach(new()
        {
            Current = new(
                new()
                {
                    FlowName = context.Definition.Name,
                    RunId = context.Run.RunId,
                    StepName = attempt.Step,
                    TaskId = attempt.TaskId.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    RetryCount = attempt.Attempt,
                },
                CancellationToken.None),
            Artifacts = new($"{context.Definition.Name}/{context.Run.RunId}/{attempt.Step}/{attempt.TaskId}", context.Content.Artifacts(record)),
            ForEachStack = ForEachStack(attempt.Stack),
            Item = Item(attempt.Stack),
        });
        return flow;
    }

    private IReadOnlyList<string> BranchNames(RecordAddress address)
    {
        var attempt = context.Content.Record(address).ToAttempt();
        var first = attempt.Stack is [.., var level] ? level.First : attempt.Step;
        return first == attempt.Step ? [first] : [attempt.Step, first];
    }

    private sealed class Arguments(TaskExecutor executor, TaskAssignment assignment) : StepArguments
    {
        public override T Item<T>() => executor.Item(assignment.Stack) is { } item
            ? item.Decode<T>()
            : throw new MetaflowException($"Step {assignment.Step} takes an item, but it was not reached by a foreach.");

        public override JoinInputs<TFlow> Inputs<TFlow>() => new(
            assignment.Inputs.Count,
            index => executor.OpenInput<TFlow>(assignment.Inputs[index]),
            index => executor.BranchNames(assignment.Inputs[index]));
    }
}
