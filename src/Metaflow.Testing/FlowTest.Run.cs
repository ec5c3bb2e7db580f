using Metaflow.Client;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Runtime;
using Metaflow.Runtime.Tasks;
using Metaflow.Storage;

namespace Metaflow.Testing;

public sealed partial class FlowTest<TFlow>
{
    /// <summary>Runs the flow from its first step to its last, with the scheduler that runs it otherwise.</summary>
    /// <param name="cancellationToken">Interrupts the run.</param>
    /// <returns>The run, also when it failed.</returns>
    /// <exception cref="MetaflowException">The flow cannot be run.</exception>
    public async Task<TestedRun<TFlow>> RunAsync(CancellationToken cancellationToken = default)
    {
        var files = new MemoryFiles();
        var observer = new TestObserver(() => files.WritesLeft = Faults.StoreWrites);
        var begun = Clock.GetUtcNow();
        var request = new RunRequest
        {
            Definition = Prepared(),
            Services = Provider(),
            StoreRoot = StoreRoot,
            Files = files,
            Time = Clock,
            IsIndexed = false,
            Parameters = Parameters(),
            UserName = UserName,
            Tags = Tags,
            SystemTags = SystemTags,
            With = With,
            MaxWorkers = MaxWorkers,
            Isolation = Isolation.None,
            Wrap = host => new FaultyHost(host, Faults),
        };
        RunResult result;
        try
        {
            result = await FlowRunner.RunAsync(request, observer, cancellationToken).ConfigureAwait(false);
        }
        catch (MetaflowException fault) when (observer.RunId is not null)
        {
            // The store has failed; what it had taken until then is there.
            result = new(observer.RunId, Runtime.RunStatus.Failed, fault.Message, 0, Clock.GetUtcNow() - begun);
        }

        files.WritesLeft = null;
        return Read(request, files, result, observer);
    }

    /// <summary>Reads the run back from its records, as the client does; what a task left is read when it is asked for.</summary>
    private TestedRun<TFlow> Read(RunRequest request, MemoryFiles files, RunResult result, TestObserver observer)
    {
        var store = LocalStore.OpenReadOnly(request.StoreRoot, files);
        using var reader = RunReader.Open(store, request.Definition.Name, result.RunId);
        var context = RunContext.Open(
            store, store.OpenRun(request.Definition.Name, result.RunId), reader.StartedAt, request.Definition, Provider());
        var tasks = reader.Steps.SelectMany(step => reader.Tasks(step)).OrderBy(task => task.Address.Value).Select(task => Read(reader, context, task, observer));
        return new()
        {
            IsSuccessful = result.Status == Runtime.RunStatus.Succeeded,
            Failure = result.Failure,
            Elapsed = result.Elapsed,
            Tasks = [.. tasks],
        };
    }

    private static TestedTask<TFlow> Read(RunReader reader, RunContext context, TaskEntry task, TestObserver observer)
    {
        var record = reader.Attempt(task);
        var data = context.Content.Record(task.Address).ToTaskData();
        var attempts = observer.Attempts(task.TaskId).Select(attempt => new TestedAttempt(
            attempt.Number,
            (TaskOutcome)attempt.Outcome,
            attempt.Number == task.Attempt ? record.Error : attempt.Message is null ? null : new("", attempt.Message, null),
            [.. reader.Log(task.TaskId, attempt.Number).Select(line => new TaskLogLine(line.Time, line.Stream == LogStream.Error, line.Text))]));
        return new(() => (TFlow)TestedFlow.Open(context, data, record.Stack))
        {
            Step = task.Step,
            Outcome = (TaskOutcome)task.Outcome,
            Attempts = [.. attempts],
            Targets = data.Next?.Targets ?? [],
            Transition = data.Next?.Kind,
            ItemCount = data.Next?.Count ?? 0,
            Index = record.Stack.LastOrDefault(level => level.IsForEach)?.Index,
        };
    }
}
