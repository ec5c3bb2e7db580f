using Metaflow.Cards;

namespace Metaflow;

/// <summary>
/// Facts about the task that is running. Outside a run (a plain flow object in a unit test) the names are empty,
/// <see cref="IsRunning"/> is <see langword="false"/> and the rest has harmless defaults.
/// </summary>
public sealed class Current
{
    private const int MaximumInputs = 1_000;
    private const int MaximumInputLength = 1_000;

    private readonly Lazy<string> _tempDirectory;
    private readonly List<ExternalInput> _inputs;
    private TaskCards? _cards;

    internal Current(CurrentFacts facts, CancellationToken cancellationToken)
    {
        Facts = facts;
        _inputs = facts.Inputs;
        CancellationToken = cancellationToken;
        _tempDirectory = new(() => Directory.CreateTempSubdirectory("metaflow-").FullName);
    }

    /// <summary>Whether a runtime runs this step.</summary>
    public bool IsRunning => RunId.Length > 0;

    /// <summary>The flow's name.</summary>
    public string FlowName => Facts.FlowName;

    /// <summary>The run's id.</summary>
    public string RunId => Facts.RunId;

    /// <summary>The name of the step.</summary>
    public string StepName => Facts.StepName;

    /// <summary>The task's id, unique in its run.</summary>
    public string TaskId => Facts.TaskId;

    /// <summary>The attempt: 0 at first, 1 for the first retry.</summary>
    public int RetryCount => Facts.RetryCount;

    /// <summary>Where this task is found: <c>Flow/run/Step/task</c>.</summary>
    public string PathSpec => $"{FlowName}/{RunId}/{StepName}/{TaskId}";

    /// <summary>The run that this one was resumed from, or <see langword="null"/>.</summary>
    public string? OriginRunId => Facts.OriginRunId;

    /// <summary>Who started the run.</summary>
    public string UserName => Facts.UserName;

    /// <summary>The namespace that the client sees inside the run, such as <c>user:ada</c>; empty is the global one.</summary>
    public string Namespace => Facts.Namespace;

    /// <summary>The tags that the run was started with.</summary>
    public IReadOnlyList<string> Tags => Facts.Tags;

    /// <summary>
    /// Gives the run tags, or takes some away, from inside the task. Durable on return; other tasks may do the same at once.
    /// Outside a run nothing happens. <see cref="Tags"/> stays as it is: with what the run was started.
    /// </summary>
    /// <param name="add">The tags to give: 1 to 500 characters each, 50 for a run. One that the system gave is ignored.</param>
    /// <param name="remove">The tags to take away first. Default: none.</param>
    /// <returns>The run's tags after the change.</returns>
    /// <exception cref="MetaflowException">A rule is broken, no tag is given, or the store cannot be written.</exception>
    public Task<IReadOnlyList<string>> ChangeTagsAsync(IEnumerable<string> add, IEnumerable<string>? remove = null)
    {
        ArgumentNullException.ThrowIfNull(add);
        return Facts.ChangeTags?.Invoke([.. remove ?? []], [.. add], CancellationToken) ?? Task.FromResult(Tags);
    }

    /// <summary>The project that the flow is part of, see <see cref="ProjectAttribute"/>; <see langword="null"/> if none.</summary>
    public string? ProjectName => Facts.Project?.Project;

    /// <summary>
    /// The branch of the project that the run belongs to: <c>user.NAME</c>, <c>test.NAME</c>, <c>prod</c> or <c>prod.NAME</c>;
    /// <see langword="null"/> without a project.
    /// </summary>
    public string? BranchName => Facts.Project?.Branch;

    /// <summary>The flow's name within the branch: <c>recommender.prod.GenreFlow</c>; <see langword="null"/> without a project.</summary>
    public string? ProjectFlowName => Facts.Project?.NameOf(FlowName);

    /// <summary>Whether the run belongs to a production branch of a project.</summary>
    public bool IsProduction => Facts.Project is { IsProduction: true };

    /// <summary>Whether the run belongs to a user's own branch of a project.</summary>
    public bool IsUserBranch => Facts.Project is { IsUserBranch: true };

    /// <summary>
    /// A number to seed random generators with: <c>new Random(Current.Seed)</c>. It differs between runs, steps and foreach items; it is
    /// the same for each attempt of a task, when a run is resumed and when it is reproduced. <c>run --run-seed</c> decides it. 0 outside a run.
    /// </summary>
    public int Seed => Facts.Seed();

    /// <summary>
    /// Notes that this task reads something from outside the run, and in which version, so that the run can tell what it was made from.
    /// Repeating a note does nothing.
    /// </summary>
    /// <param name="name">What is read: <c>s3://bucket/films.parquet</c>. At most 1,000 characters.</param>
    /// <param name="version">Its version: a snapshot's id, a hash, an ETag. At most 1,000 characters.</param>
    /// <exception cref="ArgumentException">A text is empty or too long.</exception>
    /// <exception cref="MetaflowException">The task has noted 1,000 inputs already.</exception>
    public void RecordInput(string name, string version)
    {
        RequireText(name);
        RequireText(version);
        lock (_inputs)
        {
            if (_inputs.Contains(new(name, version)))
            {
                return;
            }

            if (_inputs.Count == MaximumInputs)
            {
                throw new MetaflowException($"{PathSpec}: a task can note {MaximumInputs} inputs. Note what they have in common: a folder, a table.");
            }

            _inputs.Add(new(name, version));
        }

        static void RequireText(string text, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(text))] string? parameter = null)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(text, parameter);
            if (text.Length > MaximumInputLength)
            {
                throw new ArgumentException($"It has {text.Length} characters; at most {MaximumInputLength} are kept.", parameter);
            }
        }
    }

    /// <summary>The names of the flow's parameters.</summary>
    public IReadOnlyList<string> ParameterNames => Facts.ParameterNames;

    /// <summary>The steps of the flow as they are written, in an order in which each comes after those that lead to it.</summary>
    public IReadOnlyList<StepInfo> Graph => Facts.Graph();

    /// <summary>Fires when the task should stop: a timeout, Ctrl-C, or the failure of another task.</summary>
    public CancellationToken CancellationToken { get; internal set; }

    /// <summary>What <see cref="SecretsAttribute"/> gives the step; empty outside of it.</summary>
    public StepSecrets Secrets { get; } = new();

    /// <summary>A directory of this attempt's own. It is created on first use and deleted when the attempt ends.</summary>
    public string TempDirectory => _tempDirectory.Value;

    /// <summary>The cards of the step, to append to: <c>Current.Card.Append(Table.From(Movies));</c>.</summary>
    public TaskCards Card => _cards ??= Facts.Cards?.Invoke() ?? TaskCards.Detached();

    internal CurrentFacts Facts { get; }

    internal void DeleteTempDirectory()
    {
        if (_tempDirectory.IsValueCreated && Directory.Exists(_tempDirectory.Value))
        {
            Directory.Delete(_tempDirectory.Value, recursive: true);
        }
    }
}

/// <summary>The data behind <see cref="Current"/>.</summary>
internal sealed record CurrentFacts
{
    public string FlowName { get; init; } = "";
    public string RunId { get; init; } = "";
    public string StepName { get; init; } = "";
    public string TaskId { get; init; } = "";
    public int RetryCount { get; init; }
    public string? OriginRunId { get; init; }
    public string UserName { get; init; } = "";
    public string Namespace { get; init; } = "";
    public IReadOnlyList<string> Tags { get; init; } = [];
    public ProjectBranch? Project { get; init; }
    public IReadOnlyList<string> ParameterNames { get; init; } = [];
    public Func<IReadOnlyList<StepInfo>> Graph { get; init; } = () => [];
    public Func<TaskCards>? Cards { get; init; }
    public Func<int> Seed { get; init; } = () => 0;

    /// <summary>Receives what the task says that it reads.</summary>
    public List<ExternalInput> Inputs { get; init; } = [];
    public Func<IReadOnlyList<string>, IReadOnlyList<string>, CancellationToken, Task<IReadOnlyList<string>>>? ChangeTags { get; init; }
}

/// <summary>A step of the flow that is running, as <see cref="Current.Graph"/> lists it.</summary>
/// <param name="Name">The step's name.</param>
/// <param name="Type"><c>start</c>, <c>linear</c>, <c>split-static</c>, <c>split-foreach</c>, <c>split-switch</c>, <c>join</c> or <c>end</c>.</param>
/// <param name="Next">The steps that it can lead to.</param>
/// <param name="Doc">The summary of its documentation, if it has one.</param>
public sealed record StepInfo(string Name, string Type, IReadOnlyList<string> Next, string? Doc);
