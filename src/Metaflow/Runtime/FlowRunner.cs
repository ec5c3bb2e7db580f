using System.Security.Cryptography;
using Metaflow.Artifacts;
using Metaflow.Cards;
using Metaflow.Definitions;
using Metaflow.Graph;
using Metaflow.Metadata;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.InProcess;
using Metaflow.Runtime.Reuse;
using Metaflow.Runtime.Scheduling;
using Metaflow.Runtime.Tasks;
using Metaflow.Runtime.Telemetry;
using Metaflow.Runtime.Workers;
using Metaflow.Storage;

namespace Metaflow.Runtime;

/// <summary>Runs a flow from its first step to its last.</summary>
internal static class FlowRunner
{
    /// <summary>Runs the flow and returns when the run has ended, also when it failed.</summary>
    /// <param name="request">What to run, and how.</param>
    /// <param name="observer">Hears what happens.</param>
    /// <param name="cancellationToken">Stops the run in order; it can be resumed.</param>
    /// <exception cref="MetaflowException">The run could not be started; nothing was created.</exception>
    public static async Task<RunResult> RunAsync(RunRequest request, IRunObserver observer, CancellationToken cancellationToken)
    {
        RunValidation.Check(request);

        // Disposed last to first: what the run's end tells is still exported.
        using var export = ExtensionRegistrations.All.OpenTelemetry();
        using var telemetry = TelemetryObserver.Watch(observer, request.Time);
        return await RunWatchedAsync(request, telemetry ?? observer, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<RunResult> RunWatchedAsync(RunRequest request, IRunObserver observer, CancellationToken cancellationToken)
    {
        var time = request.Time;
        var hello = new TaskCompletionSource<Wire.Hello>(TaskCreationOptions.RunContinuationsAsynchronously);
        var workers = request.Isolation != Isolation.None && WorkerLauncher.IsSupported;
        var kills = new MemoryKills();
        var first = workers ? new ProcessHost(() => hello.Task.Result, request, kills) : null;

        // A process takes longer to start than everything before the first task, so it starts now.
        var warming = first is null ? Task.CompletedTask : Task.Run(first.Warm, CancellationToken.None);
        var code = RunCode.Begin(request);
        try
        {
            using var store = LocalStore.Open(request.StoreRoot, request.Files);
            var begun = time.GetTimestamp();
            var graph = FlowGraph.Parse(request.Definition.Graph);
            using var origin = request.Resume is { } resume ? ResumeOrigin.Open(store, request.Definition.Name, resume, graph, time) : null;
            if (request.Reuse is { From: { } from })
            {
                ReusePlan.Check(store, request.Definition.Name, from, time);
            }

            var (folder, started) = Claim(request, store, origin, time);
            using var held = folder.TryLock(RunLocks.Scheduler, RunLocks.Holder(folder))
                ?? throw new MetaflowException($"Run {folder} is already being executed by {folder.LockHolder(RunLocks.Scheduler)}.");
            using var life = held.KeepAlive(time);
            origin?.HandOver(folder);
            var (writer, record, address) = WriteStart(request, store, folder, origin, code, started);
            var source = new RunIndexSource(folder);
            var index = new IndexFeeder(
                request.IsIndexed ? () => StoreIndex.Open(store.Root, readOnly: false) : null, source.ToRow(record, null, address), observer.Notice, time);
            var (end, result) = (default(RecordAddress), default(RunResult)!);
            await using (index.ConfigureAwait(false))
            using (writer)
            {
                var provenance = RunProvenance.Begin(request, store, writer);
                await using var kept = provenance.ConfigureAwait(false);
                await warming.ConfigureAwait(false);
                hello.SetResult(new(store.Root, folder.FlowName, folder.RunId, address)
                {
                    RecycleAfterTasks = request.RecycleAfterTasks ?? 0, RecycleAfterBytes = request.RecycleAfterBytes ?? 0,
                });
                observer.RunStarting(folder.FlowName, folder.RunId);
                if (!workers && request.Isolation != Isolation.None)
                {
                    observer.Notice("Worker processes need Linux or macOS: tasks run in this process, as with --isolation none.");
                }

                using var context = RunContext.Open(store, folder, address, request.Definition, services: null);
                using var reuse = code?.OpenPlan(context, observer);
                using var live = new RunningTasksObserver(observer, folder, writer, time);
                var (failure, stopped, tasks) = await ExecuteAsync(
                    request, live, context, writer, index, origin?.Plan, reuse, slot => slot == 0 && first is not null ? first : Host(slot), time, cancellationToken)
                    .ConfigureAwait(false);
                await provenance.CompleteAsync(observer).ConfigureAwait(false);
                var status = failure is null ? RunStatus.Succeeded : stopped == StopReason.Interruption ? RunStatus.Interrupted : RunStatus.Failed;
                var finished = new RunFinishedRecord(StatusNames.Of(status), time.GetUtcNow(), tasks, failure);
                end = writer.Append(RecordKind.RunFinished, finished.Write(), []);
                writer.Commit();
                index.Post(source.ToRow(record, finished, end));
                result = new RunResult(folder.RunId, status, failure, tasks, time.GetElapsedTime(begun)) 
                {
                    IsTimedOut = stopped == StopReason.TimeLimit, ReusedTasks = reuse?.Count,
                };
                observer.RunFinished(result);
            }

            Tidy(folder, end, observer);
            return result;

            ITaskHost Host(int slot) => workers
                ? new ProcessHost(() => hello.Task.Result, request, kills)
                : request.Wrap(new InProcessHost(() => RunContext.Open(store, folder, address, request.Definition, request.Services), time));
        }
        finally
        {
            await warming.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            first?.Dispose();
        }
    }

    private static async Task<(string? Failure, StopReason Reason, long Tasks)> ExecuteAsync(
        RunRequest request, RunningTasksObserver observer, RunContext context, SegmentWriter writer, IndexFeeder index, ResumePlan? plan,
        ReusePlan? reuse, Func<int, ITaskHost> host, TimeProvider time, CancellationToken cancellationToken)
    {
        var scheduler = new Scheduler(context, request, writer, observer, index, time) { Reuse = reuse };
        var slots = new List<Slot>();
        try
        {
            // The first slot starts last: it is then the one that is woken for the first task.
            for (var i = Math.Max(1, request.MaxWorkers) - 1; i >= 0; i--)
            {
                var slot = new Slot(scheduler, host(i), context, time, request.MaxLogBytes, i);
                slots.Add(slot);
                scheduler.Register(slot);
            }

            var adopted = scheduler.Begin(plan);
            if (plan is not null)
            {
                writer.Append(RecordKind.Adopted, [], AdoptedRecord.Write(adopted));
                writer.Commit();
                plan.Changes.ToList().ForEach(observer.Notice);
                observer.Adopted(request.Resume!.OriginRunId, adopted.Count);
            }

            slots[^1].Start();
            slots.SkipLast(1).ToList().ForEach(slot => slot.Start());
            using var limit = request.TimeLimit is { } most
                ? time.CreateTimer(_ => scheduler.Stop($"The run was ended because its time was up: --run-timeout {most}.", StopReason.TimeLimit), null, most, Timeout.InfiniteTimeSpan)
                : null;
            await using (cancellationToken.Register(() => scheduler.Stop("The run was interrupted.", StopReason.Interruption)))
            {
                await scheduler.Ended.ConfigureAwait(false);
            }
        }
        finally
        {
            scheduler.Dispose();
            slots.ForEach(slot => slot.Dispose());
        }

        return (scheduler.Failure, scheduler.Reason, scheduler.FinishedTasks);
    }

    /// <summary>
    /// Notes the end of a run that is durable, and forgets what was shown while tasks ran: it is in their records now. The writer may
    /// cut what it has reserved of a segment, so this comes when it has let go.
    /// </summary>
    private static void Tidy(RunFolder folder, RecordAddress end, IRunObserver observer)
    {
        foreach (var act in (ReadOnlySpan<Action>)[() => LiveCards.DeleteDone(folder), () => RunSeal.Write(folder, end)])
        {
            try
            {
                act();
            }
            catch (MetaflowException fault)
            {
                observer.Notice(fault.Message);
            }
        }
    }

    private static (RunFolder Folder, DateTimeOffset Started) Claim(
        RunRequest request, LocalStore store, ResumeOrigin? origin, TimeProvider time)
    {
        var started = time.GetUtcNow();
        var claim = new RunClaim(
            request.Definition.Name, request.UserName, started, request.Resume?.OriginRunId, origin?.LastSegment ?? 0);
        return (store.ClaimRun(request.Definition.Name, claim.Write()), started);
    }

    /// <summary>Makes the run and its parameters durable and writes the run-id file.</summary>
    private static (SegmentWriter Writer, RunStartedRecord Record, RecordAddress Started) WriteStart(
        RunRequest request, LocalStore store, RunFolder folder, ResumeOrigin? origin, RunCode? code, DateTimeOffset started)
    {
        var definition = request.Definition;
        var record = new RunStartedRecord
        {
            FlowName = folder.FlowName,
            RunId = folder.RunId,
            Started = started,
            UserName = request.UserName,
            Namespace = request.Namespace,
            OriginRunId = request.Resume?.OriginRunId,
            Tags = request.Tags,
            SystemTags = request.SystemTags,
            CommandLine = request.CommandLine,
            With = request.With,
            ParameterNames = [.. definition.Parameters.Select(parameter => parameter.Name)],
            Graph = definition.Graph,
            Seed = origin?.Seed ?? request.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue),
        };
        var given = request.ParametersOf?.Read(store);

        // A resumed run keeps the parameters of its origin, down to the bytes.
        var values = origin?.Parameters ?? definition.Parameters.Select(parameter => given?.GetValueOrDefault(parameter.Name) ?? parameter.Keep(request.Parameters, store.Blobs))
            .Concat(definition.Constants.Select(constant => ArtifactKeeper.Keep(
                store.Blobs, ArtifactCodec.Encode(constant.Name, constant.Value()), constant.Name)));
        var writer = folder.OpenWriter();
        var address = writer.Append(RecordKind.RunStarted, record.Write(), new TaskData { Artifacts = [.. values] }.Write());
        code?.Write(store, writer);
        writer.Commit();
        if (request.RunIdFile is { } file)
        {
            File.WriteAllText(file, folder.RunId);
        }

        return (writer, record, address);
    }
}

/// <summary>The names under which the states of a run are stored.</summary>
internal static class StatusNames
{
    public static string Of(RunStatus status) => status switch
    {
        RunStatus.Running => "running",
        RunStatus.Succeeded => "succeeded",
        RunStatus.Failed => "failed",
        _ => "interrupted",
    };

    public static RunStatus Parse(string name) => name switch
    {
        "running" => RunStatus.Running,
        "succeeded" => RunStatus.Succeeded,
        "failed" => RunStatus.Failed,
        _ => RunStatus.Interrupted,
    };
}
