using Metaflow.Client;

namespace Metaflow.Testing;

/// <summary>A task that a test ran.</summary>
/// <typeparam name="TFlow">The flow.</typeparam>
public sealed class TestedTask<TFlow>
    where TFlow : FlowSpec
{
    private readonly Lazy<TFlow> _flow;

    internal TestedTask(Func<TFlow> flow) => _flow = new(flow);

    /// <summary>The step's name.</summary>
    public required string Step { get; init; }

    /// <summary>How the last attempt ended.</summary>
    public required TaskOutcome Outcome { get; init; }

    /// <summary>The attempts, in order.</summary>
    public required IReadOnlyList<TestedAttempt> Attempts { get; init; }

    /// <summary>The steps that the task led to; empty after the last step and after a failure.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>The shape of the transition; <see langword="null"/> if there is none.</summary>
    public TransitionKind? Transition { get; init; }

    /// <summary>How many items a foreach has; 0 for other transitions.</summary>
    public int ItemCount { get; init; }

    /// <summary>The position in the innermost foreach; <see langword="null"/> outside one.</summary>
    public int? Index { get; init; }

    /// <summary>Whether the task's artifacts are valid: it succeeded, or <see cref="CatchAttribute"/> let the flow go on.</summary>
    public bool IsSuccessful => Outcome is TaskOutcome.Succeeded or TaskOutcome.Caught;

    /// <summary>Why the last attempt failed; <see langword="null"/> if it did not.</summary>
    public CaughtException? Error => Attempts[^1].Error;

    /// <summary>What all attempts wrote, line by line.</summary>
    public IEnumerable<TaskLogLine> Log => Attempts.SelectMany(attempt => attempt.Log);

    /// <summary>The flow as the next step would find it: its artifacts, stored and read back.</summary>
    /// <exception cref="MetaflowException">The task failed; its error is the message.</exception>
    public TFlow Flow => IsSuccessful
        ? _flow.Value
        : throw new MetaflowException($"Step {Step} failed, so it left no artifacts: {Error?.Message}\n{Error?.StackTrace}");
}

/// <summary>An attempt of a task that a test ran.</summary>
/// <param name="Number">From 0.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Error">Why it failed; <see langword="null"/> if it did not.</param>
/// <param name="Log">What it wrote.</param>
public sealed record TestedAttempt(int Number, TaskOutcome Outcome, CaughtException? Error, IReadOnlyList<TaskLogLine> Log);

/// <summary>A run that a test ran.</summary>
/// <typeparam name="TFlow">The flow.</typeparam>
public sealed class TestedRun<TFlow>
    where TFlow : FlowSpec
{
    /// <summary>Whether the run succeeded.</summary>
    public required bool IsSuccessful { get; init; }

    /// <summary>What the user would be told; <see langword="null"/> after success.</summary>
    public string? Failure { get; init; }

    /// <summary>The tasks, in the order in which they ended.</summary>
    public required IReadOnlyList<TestedTask<TFlow>> Tasks { get; init; }

    /// <summary>How much time passed on the clock of the test.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The flow after its last step.</summary>
    /// <exception cref="MetaflowException">The run failed; its failure is the message.</exception>
    public TFlow Flow => IsSuccessful ? Tasks[^1].Flow : throw new MetaflowException($"The run failed: {Failure}");

    /// <summary>The tasks of a step, by their position in the foreach.</summary>
    /// <param name="step">The step: <c>nameof(MyFlow.Train)</c>.</param>
    public IReadOnlyList<TestedTask<TFlow>> TasksOf(string step) => [.. Tasks.Where(task => task.Step == step).OrderBy(task => task.Index)];

    /// <summary>The only task of a step.</summary>
    /// <param name="step">The step: <c>nameof(MyFlow.Train)</c>.</param>
    /// <exception cref="InvalidOperationException">The step has no task, or several.</exception>
    public TestedTask<TFlow> Task(string step) => TasksOf(step) switch
    {
        [var only] => only,
        [] => throw new InvalidOperationException($"Step {step} was not run. These were: {string.Join(", ", Tasks.Select(task => task.Step).Distinct())}."),
        var several => throw new InvalidOperationException($"Step {step} has {several.Count} tasks; use {nameof(TasksOf)}."),
    };
}
