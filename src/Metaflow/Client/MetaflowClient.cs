using Metaflow.Configuration;
using Metaflow.Metadata;
using Metaflow.Metadata.Index;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>
/// Reads what flows have left: runs, steps, tasks, logs and artifacts. Everything is loaded when it is asked for, also
/// from runs that are going on; the store is not changed, but for tags. Safe for several threads. Objects that come from a client
/// can be used until it is disposed.
/// </summary>
/// <example>
/// <code>
/// using var client = MetaflowClient.Open();
/// var run = client.Flow("GenreFlow").LatestSuccessfulRun;
/// var playlists = run?.Data&lt;GenreFlow&gt;().Playlists;
/// </code>
/// </example>
public sealed class MetaflowClient : IDisposable, IAsyncDisposable
{
    private readonly OpenRuns _runs;

    private MetaflowClient(LocalStore store, Settings settings, TimeProvider time)
    {
        Store = store;
        UserName = settings.UserName;
        Time = time;
        Namespace = settings.DefaultNamespace;
        Index = new(store);
        _runs = new(store);
    }

    /// <summary>The directory of the store, absolute.</summary>
    public string DatastoreRoot => Store.Root;

    /// <summary>
    /// Only runs that have this tag are seen. Default: METAFLOW_DEFAULT_NAMESPACE, else <c>production:</c> and
    /// METAFLOW_PRODUCTION_TOKEN, else <c>user:</c> and the name of the user, who is METAFLOW_USER, SUDO_USER, USERNAME,
    /// USER or whom the operating system knows.
    /// <see langword="null"/> is the global namespace: all runs are seen.
    /// </summary>
    public string? Namespace
    {
        get;
        set => field = string.IsNullOrEmpty(value) ? null : value;
    }

    /// <summary>
    /// Why runs are missing from the last listings: they are damaged. One damaged run does not hide the others; asked for
    /// by its id it throws.
    /// </summary>
    public IReadOnlyList<MetaflowException> UnreadableRuns => Index.Unreadable;

    internal LocalStore Store { get; }

    /// <summary>Who changes tags.</summary>
    internal string UserName { get; }

    internal IndexView Index { get; }

    internal TimeProvider Time { get; }

    /// <summary>Opens a store for reading.</summary>
    /// <param name="datastoreRoot">
    /// The store's directory, or one that has it as <c>.metaflow</c>. Default: METAFLOW_DATASTORE_SYSROOT_LOCAL, else the
    /// nearest <c>.metaflow</c> upwards from the working directory.
    /// </param>
    /// <exception cref="MetaflowException">There is no store, or it has a newer format.</exception>
    public static MetaflowClient Open(string? datastoreRoot = null) =>
        Open(datastoreRoot, MachineEnvironment.Current, TimeProvider.System);

    /// <summary>The flows that have a run in the namespace, by name.</summary>
    public IReadOnlyList<FlowReference> Flows()
    {
        var seen = Namespace;
        return [.. Index.OfStore(index => index.Flows(seen)).Select(name => new FlowReference(this, name))];
    }

    /// <summary>A flow.</summary>
    /// <param name="name">Its name: that of its class.</param>
    /// <exception cref="ObjectNotFoundException">It has no run.</exception>
    /// <exception cref="NamespaceMismatchException">None of its runs is in the namespace.</exception>
    public FlowReference Flow(string name)
    {
        var seen = Namespace;
        if (ObjectPath.Parse(name, parts: 1) is var path && Index.OfFlow(path.Flow, index => index.LatestRun(path.Flow, false, seen)) is not null)
        {
            return new(this, path.Flow);
        }

        throw seen is not null && Index.AsItIs(index => index.LatestRun(path.Flow, successfulOnly: false)) is { } latest
            ? OutsideNamespace($"{path.Flow} has runs, but none in the namespace '{seen}'.", seen, latest)
            : Missing.Flow(this, path.Flow);
    }

    /// <summary>The runs of all flows in the namespace, newest first, loaded page by page.</summary>
    /// <param name="filter">Which of them. Default: all.</param>
    public IEnumerable<RunReference> Runs(RunFilter? filter = null) => RunListing.Of(this, flow: null, filter);

    /// <summary>The same as <see cref="Runs"/>, read without holding up the thread that asks.</summary>
    /// <param name="filter">Which of them. Default: all.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public IAsyncEnumerable<RunReference> RunsAsync(RunFilter? filter = null, CancellationToken cancellationToken = default) =>
        Background.List(Runs(filter), cancellationToken);

    /// <summary>A run.</summary>
    /// <param name="pathSpec">The flow's name and the run's id: <c>GenreFlow/3</c>.</param>
    /// <exception cref="ArgumentException">It does not name a run.</exception>
    /// <exception cref="ObjectNotFoundException">There is no such run.</exception>
    /// <exception cref="NamespaceMismatchException">It is not in the namespace.</exception>
    public RunReference Run(string pathSpec)
    {
        var path = ObjectPath.Parse(pathSpec, parts: 2);
        return FindRun(path.Flow, path.RunId);
    }

    /// <summary>A step of a run.</summary>
    /// <param name="pathSpec">For example <c>GenreFlow/3/Rank</c>.</param>
    /// <exception cref="ArgumentException">It does not name a step.</exception>
    /// <exception cref="ObjectNotFoundException">There is no such step, or no task of it has ended.</exception>
    /// <exception cref="NamespaceMismatchException">The run is not in the namespace.</exception>
    public StepReference Step(string pathSpec)
    {
        var path = ObjectPath.Parse(pathSpec, parts: 3);
        return FindRun(path.Flow, path.RunId).Step(path.Step);
    }

    /// <summary>A task.</summary>
    /// <param name="pathSpec">For example <c>GenreFlow/3/Rank/17</c>.</param>
    /// <exception cref="ArgumentException">It does not name a task.</exception>
    /// <exception cref="ObjectNotFoundException">There is no such task, or it has not ended.</exception>
    /// <exception cref="NamespaceMismatchException">The run is not in the namespace.</exception>
    public TaskReference Task(string pathSpec)
    {
        var path = ObjectPath.Parse(pathSpec, parts: 4);
        return FindRun(path.Flow, path.RunId).FindTask(path.Step, path.TaskId);
    }

    /// <summary>An artifact of a task.</summary>
    /// <param name="pathSpec">For example <c>GenreFlow/3/Rank/17/Best</c>.</param>
    /// <exception cref="ArgumentException">It does not name an artifact.</exception>
    /// <exception cref="ObjectNotFoundException">There is no such task or artifact.</exception>
    /// <exception cref="ArtifactNotSetException">The flow declares it, and no step on the way has set it.</exception>
    /// <exception cref="NamespaceMismatchException">The run is not in the namespace.</exception>
    public ArtifactReference Artifact(string pathSpec)
    {
        ArgumentNullException.ThrowIfNull(pathSpec);
        var end = pathSpec.LastIndexOf('/');
        return end > 0 && pathSpec.AsSpan().Count('/') == 4
            ? Task(pathSpec[..end]).Artifact(pathSpec[(end + 1)..])
            : throw new ArgumentException($"'{pathSpec}' does not name an artifact. Write it as FLOW/RUN/STEP/TASK/ARTIFACT.", nameof(pathSpec));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Index.Dispose();
        _runs.Dispose();
        Store.Dispose();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal static MetaflowClient Open(string? datastoreRoot, MachineEnvironment environment, TimeProvider time)
    {
        var settings = new Settings(environment);
        var root = settings.StoreRoot(datastoreRoot);
        if (datastoreRoot is not null && !File.Exists(Path.Join(root, StoreLayout.MarkerFile))
            && Path.Join(root, StoreLayout.Directory) is var inside && Directory.Exists(inside))
        {
            root = inside;
        }

        return new(LocalStore.OpenReadOnly(root), settings, time);
    }

    /// <summary>A run that is in the namespace.</summary>
    internal RunReference FindRun(string flow, long number)
    {
        var row = Index.OfRun(flow, number, index => index.Run(flow, number)) ?? throw Missing.Run(this, flow, number);
        var run = new RunReference(this, row);
        return Namespace is not { } seen || IsTagged(row, seen)
            ? run
            : throw OutsideNamespace($"Run {run.PathSpec}, which {(row.User.Length == 0 ? "somebody" : row.User)} started, is not in the namespace '{seen}'.", seen, row);
    }

    /// <summary>Reads records of a run.</summary>
    internal T Runs<T>(string flow, long number, Func<RunContent, T> read) => _runs.Read(flow, number, read);

    private static bool IsTagged(RunRow row, string tag) => row.Tags.Contains(tag) || row.SystemTags.Contains(tag);

    private static NamespaceMismatchException OutsideNamespace(string fact, string seen, RunRow row)
    {
        var tag = row.SystemTags.FirstOrDefault(tag => tag.StartsWith("user:", StringComparison.Ordinal) || tag.StartsWith("production:", StringComparison.Ordinal))
            ?? row.Tags.Concat(row.SystemTags).FirstOrDefault();
        return new($"{fact} Set client.Namespace to a tag of the run{(tag is null ? "" : $", such as '{tag}'")}, or to null to see all runs.", seen)
        {
            Fact = fact, VisibleIn = tag,
        };
    }
}
