using Metaflow.Artifacts;
using Metaflow.Graph;
using Metaflow.Runtime.Logs;

namespace Metaflow.Runtime.Tasks;

/// <summary>One call of a step through its decorators: what they see of the attempt and do with it.</summary>
/// <param name="context">The run.</param>
/// <param name="assignment">The attempt.</param>
/// <param name="decorators">The decorators, the outermost first.</param>
/// <param name="artifacts">What the step is given and leaves.</param>
/// <param name="time">The clock.</param>
/// <param name="secrets">What failures must not tell.</param>
/// <param name="runEnding">Fires when the run ends before the step does.</param>
internal sealed class StepCall(
    RunContext context, TaskAssignment assignment, StepDecorator[] decorators, ArtifactTable artifacts, TimeProvider time,
    SecretMask secrets, CancellationToken runEnding) : IStepHost
{
    private (Exception Exception, TimeSpan? Delay)? _decided;

    /// <summary>What the attempt leaves.</summary>
    public ArtifactTable Artifacts { get; private set; } = artifacts;

    /// <summary>The failure that was caught and stored; <see langword="null"/> if there was none.</summary>
    public CaughtException? Caught { get; private set; }

    /// <inheritdoc/>
    public TimeProvider Time => time;

    /// <inheritdoc/>
    public bool IsRunEnding => runEnding.IsCancellationRequested;

    /// <summary>Calls the step.</summary>
    /// <param name="flow">The flow object, ready to run.</param>
    /// <param name="body">Calls the step's method.</param>
    public ValueTask<Transition?> InvokeAsync(FlowSpec flow, Func<ValueTask<Transition?>> body)
    {
        if (decorators.Length == 0)
        {
            return body();
        }

        var step = new StepContext(flow, this);
        var call = body;
        foreach (var decorator in Enumerable.Reverse(decorators))
        {
            var inner = call;
            call = () => decorator.InvokeAsync(step, inner);
        }

        return call();
    }

    /// <inheritdoc/>
    public Transition? DefaultTransition() => Targets() switch
    {
        null => throw new MetaflowException(
            $"Step {assignment.Step} starts a foreach or chooses where to go, so it has no transition that always holds: it cannot be skipped or replaced."),
        [] => null,
        var targets => Transition.ToNamed(targets),
    };

    /// <inheritdoc/>
    public TimeSpan? RetryAfter(Exception exception)
    {
        // A decorator may draw a random number, so what was decided once holds.
        if (_decided is not { } decided || decided.Exception != exception)
        {
            var failed = new FailedAttempt(assignment.Attempt, Describe(exception), exception, Random.Shared.NextDouble());
            _decided = decided = (exception, decorators.RetryAfter(failed));
        }

        return decided.Delay;
    }

    /// <inheritdoc/>
    public void Hide(IReadOnlyList<string> values) => secrets.Add(values);

    /// <summary>A failure as it may be stored and shown.</summary>
    public CaughtException Describe(Exception exception) => secrets.Apply(Failures.Describe(exception));

    /// <inheritdoc/>
    public void Store(string artifact, CaughtException? value) => Artifacts.Set(artifact, value);

    /// <inheritdoc/>
    public Transition? Recover(Exception exception, CatchAttribute handler) => Recover(Describe(exception), handler);

    /// <summary>Takes back what the attempt has set, and lets the flow go on after a failure.</summary>
    public Transition? Recover(CaughtException error, CatchAttribute? handler)
    {
        Caught = error;
        Artifacts = new("", Artifacts.Inherited);
        if (handler?.Var is { } variable)
        {
            Store(variable, error);
        }

        if (handler is { PrintException: true })
        {
            Failures.PrintCaught(Failures.Name(context, assignment), error);
        }

        return Targets() is { Count: > 0 } targets ? Transition.ToNamed(targets) : null;
    }

    /// <summary>Where the step always leads; <see langword="null"/> if that depends on its body.</summary>
    private IReadOnlyList<string>? Targets() => context.Graph.Find(assignment.Step) switch
    {
        { Transitions: [] } => [],
        { IsSwitch: false, Transitions: [{ Kind: TransitionShape.Linear or TransitionShape.Split } only] } => [.. only.Targets],
        _ => null,
    };
}
