using Metaflow.Definitions;
using Metaflow.Metadata.Records;
using Metaflow.Provenance;
using Metaflow.Runtime.Logs;
using Metaflow.Runtime.Reuse;
using Metaflow.Runtime.Scheduling;
using Metaflow.Storage.Files;

namespace Metaflow.Runtime;

/// <summary>Where the tasks of a run execute.</summary>
internal enum Isolation
{
    /// <summary>In warm worker processes that are reused (the default).</summary>
    Worker,

    /// <summary>Each task in a fresh process.</summary>
    Process,

    /// <summary>In the scheduler's own process, for debugging and tests.</summary>
    None,
}

/// <summary>What happens to the rest of a run when a task has failed for good.</summary>
internal enum OnFailure
{
    /// <summary>Nothing new starts, and what runs is cancelled (the default).</summary>
    Stop,

    /// <summary>What does not depend on the task is still run.</summary>
    Finish,
}

/// <summary>Everything that is decided before a run starts.</summary>
internal sealed record RunRequest
{
    public static readonly TimeSpan DefaultCancelGrace = TimeSpan.FromSeconds(5);

    /// <summary>The most child tasks of one foreach unless the user says otherwise.</summary>
    public const int DefaultMaxSplits = 1_000_000;

    /// <summary>The flow.</summary>
    public required FlowDefinition Definition { get; init; }

    /// <summary>The services for flows whose constructor takes any.</summary>
    public IServiceProvider? Services { get; init; }

    /// <summary>The store's root directory (<c>.metaflow</c>).</summary>
    public required string StoreRoot { get; init; }

    /// <summary>The disk that the store is on.</summary>
    public IFileSystem Files { get; init; } = LocalFileSystem.Instance;

    /// <summary>The clock of the run.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether the run is listed in the store's index.</summary>
    public bool IsIndexed { get; init; } = true;

    /// <summary>Puts something around the place where tasks run in this process, for tests.</summary>
    public Func<ITaskHost, ITaskHost> Wrap { get; init; } = static host => host;

    /// <summary>A flow object that holds the parameters' values.</summary>
    public required FlowSpec Parameters { get; init; }

    /// <summary>The command line as typed, for the record.</summary>
    public IReadOnlyList<string> CommandLine { get; init; } = [];

    public string UserName { get; init; } = "";

    public string Namespace { get; init; } = "";

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyList<string> SystemTags { get; init; } = [];

    public int MaxWorkers { get; init; } = Environment.ProcessorCount;

    public int MaxSplits { get; init; } = DefaultMaxSplits;

    public Isolation Isolation { get; init; }

    /// <summary>After so many tasks a worker process is replaced; <see langword="null"/> for never.</summary>
    public int? RecycleAfterTasks { get; init; }

    /// <summary>A worker process that has more memory than this after a task is replaced; <see langword="null"/> for never.</summary>
    public long? RecycleAfterBytes { get; init; }

    /// <summary>The most bytes kept of each output stream of an attempt.</summary>
    public long MaxLogBytes { get; init; } = AttemptLog.DefaultMaximum;

    /// <summary>Decorators attached by <c>--with</c>, in the form <c>name:property=value,…</c>; already validated.</summary>
    public IReadOnlyList<string> With { get; init; } = [];

    /// <summary>What the tasks may take together; <see langword="null"/> for all that this machine has.</summary>
    public MachineRoom? Room { get; init; }

    /// <summary>What happens to the other branches when a task has failed.</summary>
    public OnFailure OnFailure { get; init; }

    /// <summary>How long the run may take; <see langword="null"/> for as long as it takes.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>How long a cancelled task may take to stop before its process is ended.</summary>
    public TimeSpan CancelGrace { get; init; } = DefaultCancelGrace;

    /// <summary>The run to continue; <see langword="null"/> for a run from the beginning.</summary>
    public ResumeRequest? Resume { get; init; }

    /// <summary>The number from which the seeds of the tasks follow; <see langword="null"/> for a random one.</summary>
    public int? Seed { get; init; }

    /// <summary>An earlier run whose parameters this one gets; <see langword="null"/> for those of <see cref="Parameters"/>.</summary>
    public GivenParameters? ParametersOf { get; init; }

    /// <summary>What to keep of what produces the run; <see langword="null"/> for nothing.</summary>
    public ProvenanceRequest? Provenance { get; init; }

    /// <summary>Whether tasks are taken over that would make the same again; <see langword="null"/> if not.</summary>
    public ReuseRequest? Reuse { get; init; }

    /// <summary>Whether the run keeps the program's own assemblies, so that a later one can tell what has changed.</summary>
    public bool KeepsCode { get; init; }

    /// <summary>Reads the program; tests give another one.</summary>
    public Func<FlowDefinition, ProgramFiles?> Program { get; init; } = ProgramFiles.Of;

    /// <summary>A file that receives the run's id before the first task starts.</summary>
    public string? RunIdFile { get; init; }

    /// <summary>A file to which the run's events are appended while it goes on.</summary>
    public string? EventsFile { get; init; }
}

/// <summary>From which run tasks may be taken over.</summary>
/// <param name="From">The run; <see langword="null"/> for the latest ones.</param>
internal sealed record ReuseRequest(string? From);

/// <summary>Which run to continue.</summary>
/// <param name="OriginRunId">The run.</param>
/// <param name="Step">This step and all after it are run again, also where they succeeded; <see langword="null"/> for none.</param>
internal sealed record ResumeRequest(string OriginRunId, string? Step);

/// <summary>How a run ended.</summary>
internal enum RunStatus
{
    Running,
    Succeeded,
    Failed,
    Interrupted,
}

/// <summary>What came of a run.</summary>
/// <param name="RunId">The run's id.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Failure">What to tell the user when it did not succeed.</param>
/// <param name="Tasks">How many tasks finished.</param>
/// <param name="Elapsed">From the first task's start to the end.</param>
internal sealed record RunResult(string RunId, RunStatus Status, string? Failure, long Tasks, TimeSpan Elapsed)
{
    /// <summary>Whether it failed because its time was up.</summary>
    public bool IsTimedOut { get; init; }

    /// <summary>How many of the tasks were taken over from earlier runs; <see langword="null"/> if that was not asked for.</summary>
    public int? ReusedTasks { get; init; }
}

/// <summary>A task attempt as the console names it.</summary>
/// <param name="Step">The step's name.</param>
/// <param name="TaskId">The task's id.</param>
/// <param name="Attempt">Zero-based.</param>
/// <param name="ProcessId">The process that runs it.</param>
/// <param name="Label">The label of the innermost foreach item; <see langword="null"/> outside a foreach.</param>
internal readonly record struct TaskAttempt(string Step, long TaskId, int Attempt, int ProcessId, string? Label);

/// <summary>Hears what happens in a run. Calls come one at a time, in order; a slow observer slows the run.</summary>
internal interface IRunObserver
{
    /// <summary>The run has an id and is durable; no task has started.</summary>
    void RunStarting(string flowName, string runId);

    /// <summary>Finished tasks of an earlier run were taken over; nothing was copied or executed.</summary>
    void Adopted(string originRunId, int tasks);

    void AttemptStarted(in TaskAttempt attempt);

    /// <summary>A whole line of a task's output, without its line end.</summary>
    void Output(in TaskAttempt attempt, LogStream stream, DateTimeOffset time, string line);

    /// <summary>A task split: <paramref name="count"/> tasks of <paramref name="target"/> follow.</summary>
    void Split(in TaskAttempt attempt, string target, int count);

    /// <summary>An attempt ended; <paramref name="message"/> says why if it did not succeed.</summary>
    void AttemptFinished(in TaskAttempt attempt, AttemptOutcome outcome, string? message);

    /// <summary>Something that is no part of the run but that the user should know. Comes from any thread.</summary>
    void Notice(string text);

    /// <summary>The run ended and is durable.</summary>
    void RunFinished(RunResult result);
}
