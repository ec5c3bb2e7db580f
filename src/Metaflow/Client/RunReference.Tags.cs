using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <content>What a client may change: the tags of users.</content>
public sealed partial class RunReference
{
    /// <summary>The project that the flow was part of, see <see cref="ProjectAttribute"/>; <see langword="null"/> if none.</summary>
    public string? ProjectName => ProjectBranch.Of(SystemTags)?.Project;

    /// <summary>
    /// The branch of the project that the run belongs to: <c>user.NAME</c>, <c>test.NAME</c>, <c>prod</c> or <c>prod.NAME</c>;
    /// <see langword="null"/> without a project.
    /// </summary>
    public string? BranchName => ProjectBranch.Of(SystemTags)?.Branch;

    /// <summary>
    /// Gives the run tags; those that it has already, also from the system, are ignored. Durable on return. Changes by several
    /// at once come one after the other, and none is lost.
    /// </summary>
    /// <param name="tags">The tags: 1 to 500 characters each, 50 for a run.</param>
    /// <param name="cancellationToken">Ends the waiting for others who change them.</param>
    /// <exception cref="MetaflowException">A limit is broken, no tag is given, or the store cannot be written.</exception>
    public Task AddTagsAsync(IEnumerable<string> tags, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tags);
        return ReplaceTagsAsync([], tags, cancellationToken);
    }

    /// <summary>Takes tags of users away; those that it does not have are ignored. Durable on return.</summary>
    /// <param name="tags">The tags.</param>
    /// <param name="cancellationToken">Ends the waiting for others who change them.</param>
    /// <exception cref="MetaflowException">One is a tag of the system, no tag is given, or the store cannot be written.</exception>
    public Task RemoveTagsAsync(IEnumerable<string> tags, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tags);
        return ReplaceTagsAsync(tags, [], cancellationToken);
    }

    /// <summary>Takes tags away, then gives others, as one change. Durable on return.</summary>
    /// <param name="remove">The tags to take away.</param>
    /// <param name="add">The tags to give.</param>
    /// <param name="cancellationToken">Ends the waiting for others who change them.</param>
    /// <exception cref="MetaflowException">A rule is broken, no tag is given, or the store cannot be written.</exception>
    public async Task ReplaceTagsAsync(IEnumerable<string> remove, IEnumerable<string> add, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(remove);
        ArgumentNullException.ThrowIfNull(add);
        var change = new TagChange([.. remove], [.. add]);

        // The client reads; only for this moment its store is open for writing.
        using var store = LocalStore.Open(Stored.Client.DatastoreRoot);
        var tags = await change.ApplyAsync(
            store, store.OpenRun(FlowName, Id), SystemTags, Stored.Client.UserName, Stored.Client.Time, cancellationToken).ConfigureAwait(false);
        _row = Stored.FindRow() ?? _row with { Tags = tags };
    }
}
