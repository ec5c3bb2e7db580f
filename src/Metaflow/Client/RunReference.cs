using Metaflow.Artifacts;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;

namespace Metaflow.Client;

/// <summary>
/// A run. What can still change is looked up each time until the run has ended; the rest is loaded once, when it is first
/// asked for.
/// </summary>
public sealed partial class RunReference
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly Lazy<IReadOnlyList<ArtifactReference>> _parameters;
    private readonly Lazy<RunFinishedRecord?> _finished;
    private volatile RunRow _row;

    internal RunReference(MetaflowClient client, RunRow row)
    {
        _row = row;
        Stored = new(client, row.Flow, row.RunId);
        _parameters = new(ReadParameters);
        _finished = new(() => Stored.ReadFinished(_row.Watermark));
    }

    /// <summary>The run's id: its number among the runs of its flow.</summary>
    public string Id => ObjectPath.Text(Stored.Number);

    /// <summary>The name of the flow.</summary>
    public string FlowName => Stored.Flow;

    /// <summary>Where the run is found: <c>GenreFlow/3</c>.</summary>
    public string PathSpec => Stored.PathSpec;

    /// <summary>The flow.</summary>
    public FlowReference Flow => new(Stored.Client, Stored.Flow);

    /// <summary>The state of the run now.</summary>
    /// <exception cref="ObjectNotFoundException">The run was removed.</exception>
    public RunStatus Status
    {
        get
        {
            if (!IndexStatus.IsFinal(Now.Status) && Stored.Executor is not null)
            {
                return RunStatus.Running;
            }

            // A run without an executor may have ended in order between the two looks.
            return Now.Status switch
            {
                IndexStatus.Succeeded => RunStatus.Succeeded,
                IndexStatus.Failed => RunStatus.Failed,
                IndexStatus.Running or IndexStatus.Lost => RunStatus.Lost,
                _ => RunStatus.Interrupted,
            };
        }
    }

    /// <summary>Whether the run has succeeded.</summary>
    public bool IsSuccessful => Now.Status == IndexStatus.Succeeded;

    /// <summary>When the run started, in UTC.</summary>
    public DateTimeOffset Started => _row.Started;

    /// <summary>When the run ended, in UTC; <see langword="null"/> while it goes on, and if it is lost.</summary>
    public DateTimeOffset? Finished => Now.Finished;

    /// <summary>Who started it.</summary>
    public string User => _row.User;

    /// <summary>The tags that users gave it, as they were when this object was made or last changed them.</summary>
    public IReadOnlyList<string> Tags => _row.Tags;

    /// <summary>The tags that Metaflow gave it.</summary>
    public IReadOnlyList<string> SystemTags => _row.SystemTags;

    /// <summary>The id of the run that this one resumed; <see langword="null"/> if none.</summary>
    public string? OriginRunId => _row.OriginRunId;

    /// <summary>The arguments with which the program was started.</summary>
    public IReadOnlyList<string> CommandLine => Stored.Started.CommandLine;

    /// <summary>Why the run did not succeed; <see langword="null"/> if it did, while it goes on, and if it is lost.</summary>
    public string? Failure => IndexStatus.IsFinal(Now.Status) ? _finished.Value?.Failure : null;

    /// <summary>The values of the flow's parameters, in the order in which they are declared.</summary>
    public IReadOnlyList<ArtifactReference> Parameters => _parameters.Value;

    /// <summary>The steps of which tasks have ended, in the order in which the run reached them.</summary>
    public IReadOnlyList<StepReference> Steps =>
        [.. Stored.Ask(index => index.Steps(Stored.Flow, Stored.Number)).Select(step => new StepReference(this, step))];

    /// <summary>The task of the flow's last step; <see langword="null"/> if the run has not ended it.</summary>
    public TaskReference? EndTask =>
        Stored.Graph.EndStep is { } end && FirstTask(end.Name) is { } row ? new(this, row) : null;

    /// <summary>
    /// The tasks that are being executed now, by their ids; empty unless the run goes on. A task that has just begun or
    /// ended may be missing; one that has ended is found by its step.
    /// </summary>
    public IReadOnlyList<RunningTask> RunningTasks => Status != RunStatus.Running ? [] :
        [.. Stored.RunningAttempts().Select(attempt => new RunningTask(this, attempt))];

    /// <summary>How long it took, or has taken so far; <see langword="null"/> if it is lost.</summary>
    public TimeSpan? Duration => Finished is { } end ? end - Started
        : Status == RunStatus.Running ? Stored.Client.Time.GetUtcNow() - Started : null;

    internal StoredRun Stored { get; }

    /// <summary>The run's row of the index as it is now.</summary>
    internal RunRow Row => Now;

    /// <summary>The run's row; read again as long as it can change.</summary>
    private RunRow Now
    {
        get
        {
            if (!IndexStatus.IsFinal(_row.Status))
            {
                _row = Stored.FindRow() ?? throw Missing.Run(Stored);
            }

            return _row;
        }
    }

    /// <summary>
    /// The cards of tasks that are being executed, as far as they have been refreshed; of a run that is lost, what they showed
    /// last. Each call looks anew.
    /// </summary>
    /// <exception cref="CorruptDataException">A card is damaged.</exception>
    public IReadOnlyList<CardReference> LiveCards => CardReference.OfOpenTasks(Stored, Status == RunStatus.Running);

    /// <summary>A step.</summary>
    /// <param name="name">The step's name.</param>
    /// <exception cref="ObjectNotFoundException">There is no such step, or no task of it has ended.</exception>
    public StepReference Step(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var steps = Stored.Ask(index => index.Steps(Stored.Flow, Stored.Number));
        return steps.FirstOrDefault(step => step.Name == name) is { } found
            ? new(this, found)
            : throw Missing.Step(Stored, name);
    }

    /// <summary>
    /// The flow as the last step left it: a flow object whose artifacts and parameters are those of the end task. An
    /// artifact is loaded when its property is first read. Assigning one changes only the object.
    /// </summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="services">The services for a flow whose constructor takes any.</param>
    /// <exception cref="ObjectNotFoundException">The run has not reached its end.</exception>
    /// <exception cref="MetaflowException">The run is of another flow.</exception>
    public TFlow Data<TFlow>(IServiceProvider? services = null)
        where TFlow : FlowSpec => RequireEndTask().Data<TFlow>(services);

    /// <summary>The value of an artifact of the end task.</summary>
    /// <typeparam name="T">The type as which it is read.</typeparam>
    /// <param name="name">The artifact's name.</param>
    /// <exception cref="ObjectNotFoundException">There is no such artifact, or the run has not reached its end.</exception>
    /// <exception cref="ArtifactSerializationException">What is stored is not a <typeparamref name="T"/>.</exception>
    public T Artifact<T>(string name) => RequireEndTask().Artifact<T>(name);

    /// <summary>The value of a parameter.</summary>
    /// <typeparam name="T">The type as which it is read.</typeparam>
    /// <param name="name">The parameter's name.</param>
    /// <exception cref="ObjectNotFoundException">The flow has no such parameter.</exception>
    /// <exception cref="ArtifactSerializationException">What is stored is not a <typeparamref name="T"/>.</exception>
    public T Parameter<T>(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return (Parameters.FirstOrDefault(parameter => parameter.Name == name)
            ?? throw Missing.Artifact(PathSpec, "parameter", name, Parameters.Select(parameter => parameter.Name))).Read<T>();
    }

    /// <summary>Waits until the run goes on no more.</summary>
    /// <param name="cancellationToken">Ends the waiting; the run is not touched.</param>
    /// <returns>How it ended, <see cref="RunStatus.Lost"/> if its process was killed.</returns>
    /// <exception cref="ObjectNotFoundException">The run was removed.</exception>
    public async Task<RunStatus> WhenFinishedAsync(CancellationToken cancellationToken = default)
    {
        for (var pause = FirstPause; ; pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Status is var status && status != RunStatus.Running)
            {
                return status;
            }

            await Task.Delay(pause, Stored.Client.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The path and state of the run.</summary>
    public override string ToString() => $"{PathSpec} ({Status})";

    /// <summary>Whether conditions on parameters and on artifacts of the end task hold.</summary>
    internal bool Fulfils(IReadOnlyList<ValueCondition> parameters, IReadOnlyList<ValueCondition> artifacts) =>
        (parameters.Count == 0 || ConditionTest.Holds(Stored, parameters, name => Stored.Constants.FirstOrDefault(value => IsNamed(value, name))))
        && (artifacts.Count == 0 || EndTask?.Fulfils(artifacts) == true);

    /// <summary>A task of a step, by its id.</summary>
    internal TaskReference FindTask(string step, long taskId)
    {
        var row = Stored.Ask(index => index.Task(Stored.Flow, Stored.Number, taskId));
        return row is { } found && found.Step == step
            ? new(this, found)
            : throw Missing.Task(this, Step(step).Name, taskId, FirstTask(step)?.TaskId);
    }

    internal static bool IsNamed(StoredArtifact artifact, string name) => artifact.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private TaskReference RequireEndTask() => EndTask ?? throw new ObjectNotFoundException(
        $"Run {PathSpec} has not reached its end: it is {Status}. Read the tasks of its steps instead.", PathSpec);

    private TaskRow? FirstTask(string step) =>
        Stored.Ask(index => index.Tasks(Stored.Flow, Stored.Number, new() { Step = step, Limit = 1 })) is [var row, ..] ? row : null;

    private IReadOnlyList<ArtifactReference> ReadParameters()
    {
        var values = Stored.Constants.ToDictionary(value => value.Name, StringComparer.Ordinal);
        return
        [
            .. Stored.Started.ParameterNames.Where(values.ContainsKey)
                .Select(name => new ArtifactReference(Stored, values[name], PathSpec)),
        ];
    }
}
