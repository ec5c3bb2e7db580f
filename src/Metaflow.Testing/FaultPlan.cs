using Metaflow.Definitions;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.Logs;
using Metaflow.Runtime.Scheduling;
using Metaflow.Runtime.Tasks;

namespace Metaflow.Testing;

/// <summary>What goes wrong in a test, and when. Faults act where they would in a run: inside the step's decorators, outside of them, or on the disk.</summary>
public sealed class FaultPlan
{
    private readonly List<Fault> _faults = [];
    private readonly TestClock _clock;

    internal FaultPlan(TestClock clock) => _clock = clock;

    /// <summary>How many writes succeed before the disk of the store is full; <see langword="null"/> for no limit (default).</summary>
    public int? StoreWrites { get; set; }

    /// <summary>Lets the step throw instead of running.</summary>
    /// <param name="step">The step: <c>nameof(MyFlow.Train)</c>.</param>
    /// <param name="exception">What it throws. Default: an <see cref="InvalidOperationException"/>.</param>
    /// <param name="attempt">The attempt, from 0; <see langword="null"/> for each one.</param>
    /// <param name="index">The position of the item in the innermost foreach; <see langword="null"/> for each one.</param>
    /// <returns>This object.</returns>
    public FaultPlan Fail(string step, Exception? exception = null, int? attempt = 0, int? index = null) =>
        Add(new(FaultKind.Fail, step, attempt, index, exception ?? new InvalidOperationException("A fault of the test.")));

    /// <summary>Lets the process of the task die instead of running the step, as a crash in native code does.</summary>
    /// <inheritdoc cref="Fail"/>
    public FaultPlan Crash(string step, int? attempt = 0, int? index = null) => Add(new(FaultKind.Crash, step, attempt, index, null));

    /// <summary>Lets the time of the step's <see cref="TimeoutAttribute"/> pass instead of running the step.</summary>
    /// <inheritdoc cref="Fail"/>
    public FaultPlan TimeOut(string step, int? attempt = 0, int? index = null) => Add(new(FaultKind.TimeOut, step, attempt, index, null));

    /// <summary>Acts inside the decorators of a step, before its body.</summary>
    internal void BeforeStep(FlowSpec flow, StepDefinition step)
    {
        var current = flow.Current;
        if (Find(current.StepName, current.RetryCount, flow.Index, fault => fault.Kind != FaultKind.Crash) is not { } fault)
        {
            return;
        }

        if (fault.Exception is not null)
        {
            throw fault.Exception;
        }

        var limit = step.Decorators().OfType<TimeoutAttribute>().FirstOrDefault()
            ?? throw new InvalidOperationException($"The test lets step {step.Name} time out, but it has no [Timeout].");
        _clock.Advance(limit.Total);
        current.CancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>What a crash leaves of an attempt; <see langword="null"/> if there is none.</summary>
    internal TaskResult? CrashOf(TaskAssignment assignment)
    {
        int? index = assignment.Stack.LastOrDefault(level => level.IsForEach)?.Index;
        return assignment.Fallback is null && Find(assignment.Step, assignment.Attempt, index, fault => fault.Kind == FaultKind.Crash) is not null
            ? TaskResult.Failed(new("killed", "The process of the task was killed by signal 9 (SIGKILL): a fault of the test.", null))
            : null;
    }

    private FaultPlan Add(Fault fault)
    {
        _faults.Add(fault);
        return this;
    }

    private Fault? Find(string step, int attempt, int? index, Func<Fault, bool> isKind) => _faults.Find(fault =>
        isKind(fault) && fault.Step == step && (fault.Attempt ?? attempt) == attempt && (fault.Index is null || fault.Index == index));

    private enum FaultKind
    {
        Fail,
        Crash,
        TimeOut,
    }

    private sealed record Fault(FaultKind Kind, string Step, int? Attempt, int? Index, Exception? Exception);
}

/// <summary>Runs attempts where the test runs, unless they crash.</summary>
internal sealed class FaultyHost(ITaskHost inner, FaultPlan faults) : ITaskHost
{
    public void Warm() => inner.Warm();

    public TaskResult Execute(TaskAssignment assignment, TimeSpan? limit, AttemptLog log, Action<int> started)
    {
        if (faults.CrashOf(assignment) is not { } crash)
        {
            return inner.Execute(assignment, limit, log, started);
        }

        started(Environment.ProcessId);
        log.WriteLine(LogStream.Error, crash.Error!.Message);
        return crash;
    }

    public void Cancel() => inner.Cancel();

    public void Dispose() => inner.Dispose();
}
