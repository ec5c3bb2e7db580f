using Metaflow.Artifacts;
using Metaflow.Metadata.Index;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>
/// A task of which at least one attempt has ended, as it was when this object was made. What it left is loaded when it is
/// first asked for.
/// </summary>
public sealed class TaskReference
{
    private readonly TaskRow _row;
    private readonly AttemptReference _last;
    private readonly Lazy<IReadOnlyList<ArtifactReference>> _artifacts;
    private StepReference? _step;

    internal TaskReference(RunReference run, TaskRow row)
    {
        Run = run;
        _row = row;
        _last = new(run.Stored, row);
        _artifacts = new(ReadArtifacts);
    }

    /// <summary>The task's id, unique in its run.</summary>
    public string Id => ObjectPath.Text(_row.TaskId);

    /// <summary>The name of the step.</summary>
    public string StepName => _row.Step;

    /// <summary>Where the task is found: <c>GenreFlow/3/Rank/17</c>.</summary>
    public string PathSpec => $"{Run.PathSpec}/{StepName}/{Id}";

    /// <summary>The run.</summary>
    public RunReference Run { get; }

    /// <summary>The step.</summary>
    public StepReference Step => _step ??= Run.Step(StepName);

    /// <summary>The latest attempt that has ended: 0 for the first one.</summary>
    public int Attempt => _row.Attempt;

    /// <summary>All attempts that have ended, oldest first.</summary>
    public IReadOnlyList<AttemptReference> Attempts =>
        [.. Stored.Ask(index => index.Attempts(Stored.Flow, Stored.Number, _row.TaskId)).Select(row => new AttemptReference(Stored, row))];

    /// <summary>How the latest attempt ended.</summary>
    public TaskOutcome Outcome => _last.Outcome;

    /// <summary>Whether the task has ended and its artifacts are there: it succeeded, or its failure was caught.</summary>
    public bool IsSuccessful => Outcome is TaskOutcome.Succeeded or TaskOutcome.Caught;

    /// <summary>Why the latest attempt failed; <see langword="null"/> if it did not.</summary>
    public CaughtException? Exception => _last.Exception;

    /// <summary>When the latest attempt started, in UTC.</summary>
    public DateTimeOffset Started => _last.Started;

    /// <summary>When the latest attempt ended, in UTC.</summary>
    public DateTimeOffset Finished => _last.Finished;

    /// <summary>How long the latest attempt took.</summary>
    public TimeSpan Duration => Finished - Started;

    /// <summary>Whether the task was executed by the run that this one resumes, and taken over from it.</summary>
    public bool IsAdopted => Address.Segment < Stored.OwnSegment;

    /// <summary>Facts about the latest attempt by name, for tools that show whatever there is.</summary>
    public IReadOnlyDictionary<string, string> Metadata
    {
        get
        {
            var facts = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["attempt"] = ObjectPath.Text(Attempt),
                ["outcome"] = Outcome.ToString(),
                ["process-id"] = ObjectPath.Text(_last.ProcessId),
                ["started"] = Started.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
                ["finished"] = Finished.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
                ["user"] = Run.User,
            };
            if (IsAdopted)
            {
                facts["origin-run-id"] = Run.OriginRunId ?? "";
            }

            if (_last.Record.ReusedFrom is { } from)
            {
                facts["reused-from"] = from;
            }

            return facts;
        }
    }

    /// <summary>The levels of foreach around the task, outermost first; empty outside a foreach.</summary>
    public IReadOnlyList<ForEachFrame> ForEachStack => FlowView.Frames(_last.Record.Stack);

    /// <summary>The item of the innermost foreach as a short text; <see langword="null"/> outside a foreach.</summary>
    public string? Label => ForEachStack is [.., var frame] ? frame.Label : null;

    /// <summary>The position in the innermost foreach, zero-based; <see langword="null"/> outside a foreach.</summary>
    public int? Index => _row.Index >= 0 ? _row.Index : null;

    /// <summary>
    /// The tasks that led to this one: none for the first task, all branches in their order for a join. Loaded one by one.
    /// </summary>
    public IEnumerable<TaskReference> Parents => Lineage.Parents(Stored, _row).Select(row => new TaskReference(Run, row));

    /// <summary>The tasks that this one led to, as far as they have ended, in the order of their ids; loaded page by page.</summary>
    public IEnumerable<TaskReference> Children => Lineage.Children(Stored, _row).Select(row => new TaskReference(Run, row));

    /// <summary>What the latest attempt printed to standard output; empty if nothing.</summary>
    /// <exception cref="CorruptDataException">The log is damaged.</exception>
    public string StandardOutput => Text(isError: false);

    /// <summary>What the latest attempt printed to standard error; empty if nothing.</summary>
    /// <exception cref="CorruptDataException">The log is damaged.</exception>
    public string StandardError => Text(isError: true);

    /// <summary>What the latest attempt said that it read from outside the run; empty if nothing.</summary>
    /// <exception cref="CorruptDataException">The attempt's record is damaged.</exception>
    public IReadOnlyList<ExternalInput> Inputs => Stored.Read(content => content.Artifacts(Address).Data.Inputs);

    /// <summary>The cards of the latest attempt, in the order in which the step declares them; empty if the step has none.</summary>
    /// <exception cref="CorruptDataException">The attempt's record is damaged.</exception>
    public IReadOnlyList<CardReference> Cards => _last.Cards;

    /// <summary>Its artifacts by name: those that it set and those that it passed on. Empty if the task failed.</summary>
    public IReadOnlyList<ArtifactReference> Artifacts => _artifacts.Value;

    private StoredRun Stored => Run.Stored;

    /// <summary>What the latest attempt printed, line by line in the order in which it was printed, loaded piece by piece.</summary>
    /// <exception cref="CorruptDataException">The log is damaged.</exception>
    public IEnumerable<TaskLogLine> Logs() => _last.Logs();

    /// <summary>The same as <see cref="Logs"/>, read without holding up the thread that asks.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="CorruptDataException">The log is damaged.</exception>
    public IAsyncEnumerable<TaskLogLine> LogsAsync(CancellationToken cancellationToken = default) => Background.List(Logs(), cancellationToken);

    /// <summary>An artifact.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ObjectNotFoundException">The task has no such artifact; a failed task has none.</exception>
    /// <exception cref="ArtifactNotSetException">The flow declares it, and no step on the way to the task has set it.</exception>
    public ArtifactReference Artifact(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        RequireSuccess(name);
        return Stored.Read(content => content.Artifacts(Address).Find(name)) is { } found
            ? new(Stored, found, PathSpec)
            : throw Missing.Artifact(this, name);
    }

    /// <summary>The value of an artifact.</summary>
    /// <typeparam name="T">The type as which it is read.</typeparam>
    /// <param name="name">The artifact's name.</param>
    /// <exception cref="ObjectNotFoundException">The task has no such artifact; a failed task has none.</exception>
    /// <exception cref="ArtifactNotSetException">The flow declares it, and no step on the way to the task has set it.</exception>
    /// <exception cref="ArtifactSerializationException">What is stored is not a <typeparamref name="T"/>.</exception>
    public T Artifact<T>(string name) => Artifact(name).Read<T>();

    /// <summary>The item of the innermost foreach.</summary>
    /// <typeparam name="T">The item's type, as the step that the foreach leads to declares it.</typeparam>
    /// <exception cref="InvalidOperationException">The task is not inside a foreach.</exception>
    /// <exception cref="ArtifactSerializationException">The item is not a <typeparamref name="T"/>.</exception>
    public T Input<T>() => FlowView.Item(Stored, _last.Record) is { } item
        ? item.Decode<T>()
        : throw new InvalidOperationException($"Task {PathSpec} has no item: it is not inside a foreach.");

    /// <summary>
    /// The flow as the task left it: a flow object with its artifacts, the run's parameters and the place in the foreach.
    /// An artifact is loaded when its property is first read. Assigning one changes only the object.
    /// </summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="services">The services for a flow whose constructor takes any.</param>
    /// <exception cref="ObjectNotFoundException">The task failed, so it has no artifacts.</exception>
    /// <exception cref="MetaflowException">The task is of another flow.</exception>
    public TFlow Data<TFlow>(IServiceProvider? services = null)
        where TFlow : FlowSpec
    {
        RequireSuccess("Data");
        return FlowView.Create<TFlow>(Stored, _last.Record, Address, services);
    }

    /// <summary>The path and the outcome of the task.</summary>
    public override string ToString() => $"{PathSpec} ({Outcome})";

    /// <summary>Whether it passes a filter, apart from what the listing has seen to already.</summary>
    internal bool Fulfils(TaskFilter filter) =>
        (filter.StartedFrom is not { } from || Started >= from)
        && (filter.StartedBefore is not { } before || Started < before)
        && (filter.Label is not { } label || Label == label)
        && Fulfils(filter.Artifacts);

    /// <summary>Whether conditions on its artifacts hold.</summary>
    internal bool Fulfils(IReadOnlyList<ValueCondition> artifacts) =>
        artifacts.Count == 0 || (IsSuccessful && ConditionTest.Holds(Stored, artifacts, FindIgnoringCase));

    private RecordAddress Address => new(_row.Address);

    private StoredArtifact? FindIgnoringCase(string name) => Stored.Read(content =>
    {
        var all = content.Artifacts(Address);
        return all.Find(name) ?? all.All.FirstOrDefault(artifact => RunReference.IsNamed(artifact, name));
    });

    private string Text(bool isError) =>
        string.Join('\n', Logs().Where(line => line.IsError == isError).Select(line => line.Text));

    private void RequireSuccess(string name)
    {
        if (!IsSuccessful)
        {
            throw new ObjectNotFoundException(
                $"Task {PathSpec} has no artifacts: its attempt {Attempt} failed. See its Exception and Logs().", $"{PathSpec}/{name}");
        }
    }

    private IReadOnlyList<ArtifactReference> ReadArtifacts() => !IsSuccessful ? [] :
    [
        .. Stored.Read(content => content.Artifacts(Address).All.ToList())
            .OrderBy(artifact => artifact.Name, StringComparer.Ordinal)
            .Select(artifact => new ArtifactReference(Stored, artifact, PathSpec)),
    ];
}
