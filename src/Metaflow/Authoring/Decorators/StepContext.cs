namespace Metaflow;

/// <summary>What a decorator knows of the attempt that it surrounds, and what it can do with it.</summary>
public sealed class StepContext
{
    private readonly IStepHost _host;

    internal StepContext(FlowSpec flow, IStepHost host)
    {
        Flow = flow;
        _host = host;
    }

    /// <summary>The flow object: its artifacts and parameters.</summary>
    public FlowSpec Flow { get; }

    /// <summary>The facts of the task.</summary>
    public Current Current => Flow.Current;

    /// <summary>The name of the step.</summary>
    public string StepName => Current.StepName;

    /// <summary>Whether a decorator has decided that the step's body is not to run.</summary>
    public bool IsSkipped => SkipReason is not null;

    /// <summary>Why the body does not run; <see langword="null"/> if it does.</summary>
    public string? SkipReason { get; private set; }

    internal TimeProvider Time => _host.Time;

    /// <summary>Whether the run itself is ending: what a step throws on its way out is then no failure of its own.</summary>
    internal bool IsRunEnding => _host.IsRunEnding;

    /// <summary>
    /// Makes the task succeed without running the step's body: artifacts stay as they were given, and the flow goes on
    /// along <see cref="DefaultTransition"/>. Call it in <see cref="StepDecorator.OnBeforeAsync"/>.
    /// </summary>
    /// <param name="reason">Why, for people.</param>
    /// <exception cref="ArgumentException">The reason is empty.</exception>
    public void Skip(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        SkipReason ??= reason;
    }

    /// <summary>The transition of a step that always goes the same way; <see langword="null"/> for the last step.</summary>
    /// <exception cref="MetaflowException">The step starts a foreach or chooses between targets: only its body can say where to go.</exception>
    public Transition? DefaultTransition() => _host.DefaultTransition();

    /// <summary>Whether the step would be tried again if it ended with an exception now.</summary>
    /// <param name="exception">The exception.</param>
    public bool WillRetry(Exception exception) => _host.RetryAfter(exception) is not null;

    /// <summary>Lets the token of <see cref="Metaflow.Current"/> be another one until the result is disposed.</summary>
    internal IDisposable Use(CancellationToken token) => new TokenScope(Current, token);

    /// <summary>Keeps values out of what the attempt says and leaves behind about failures.</summary>
    internal void Hide(IReadOnlyList<string> secrets) => _host.Hide(secrets);

    internal void Store(string artifact, CaughtException? value) => _host.Store(artifact, value);

    internal Transition? Recover(Exception exception, CatchAttribute handler) => _host.Recover(exception, handler);

    private sealed class TokenScope : IDisposable
    {
        private readonly Current _current;
        private readonly CancellationToken _before;

        public TokenScope(Current current, CancellationToken token)
        {
            _current = current;
            _before = current.CancellationToken;
            current.CancellationToken = token;
        }

        public void Dispose() => _current.CancellationToken = _before;
    }
}

/// <summary>What the runtime does for the decorators of an attempt.</summary>
internal interface IStepHost
{
    TimeProvider Time { get; }

    bool IsRunEnding { get; }

    Transition? DefaultTransition();

    TimeSpan? RetryAfter(Exception exception);

    /// <summary>Keeps values out of the attempt's output and errors.</summary>
    void Hide(IReadOnlyList<string> secrets);

    void Store(string artifact, CaughtException? value);

    /// <summary>Takes back what the attempt has set, stores the exception and says where the flow goes on.</summary>
    Transition? Recover(Exception exception, CatchAttribute handler);
}
