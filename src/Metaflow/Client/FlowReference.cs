using Metaflow.Metadata.Index;

namespace Metaflow.Client;

/// <summary>A flow and its runs. Each member looks at what is there now.</summary>
public sealed class FlowReference
{
    private readonly MetaflowClient _client;

    internal FlowReference(MetaflowClient client, string name)
    {
        _client = client;
        Name = name;
    }

    /// <summary>The name: that of the flow's class.</summary>
    public string Name { get; }

    /// <summary>The newest run in the namespace; <see langword="null"/> if there is none.</summary>
    public RunReference? LatestRun => Latest(successfulOnly: false);

    /// <summary>The newest run in the namespace that succeeded; <see langword="null"/> if there is none.</summary>
    public RunReference? LatestSuccessfulRun => Latest(successfulOnly: true);

    /// <summary>The runs in the namespace, newest first, loaded page by page.</summary>
    /// <param name="filter">Which of them. Default: all.</param>
    public IEnumerable<RunReference> Runs(RunFilter? filter = null) => RunListing.Of(_client, Name, filter);

    /// <summary>The same as <see cref="Runs"/>, read without holding up the thread that asks.</summary>
    /// <param name="filter">Which of them. Default: all.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public IAsyncEnumerable<RunReference> RunsAsync(RunFilter? filter = null, CancellationToken cancellationToken = default) =>
        Background.List(Runs(filter), cancellationToken);

    /// <summary>A run.</summary>
    /// <param name="id">The run's id: <c>3</c>.</param>
    /// <exception cref="ArgumentException">It is not an id.</exception>
    /// <exception cref="ObjectNotFoundException">There is no such run.</exception>
    /// <exception cref="NamespaceMismatchException">It is not in the namespace.</exception>
    public RunReference Run(string id) => _client.FindRun(Name, ObjectPath.Number(id, "run"));

    /// <summary>The flow's name.</summary>
    public override string ToString() => Name;

    private RunReference? Latest(bool successfulOnly)
    {
        var seen = _client.Namespace;
        var row = _client.Index.OfFlow(Name, index => index.LatestRun(Name, successfulOnly, seen));
        return row is null ? null : new(_client, row);
    }
}
