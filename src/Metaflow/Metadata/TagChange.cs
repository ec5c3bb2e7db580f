using Metaflow.Storage;

namespace Metaflow.Metadata;

/// <summary>What a user wants to change in the tags of a run (NST-07).</summary>
/// <param name="Remove">The tags to take away; these go first.</param>
/// <param name="Add">The tags to give.</param>
internal sealed record TagChange(IReadOnlyList<string> Remove, IReadOnlyList<string> Add)
{
    /// <summary>Makes the change. Durable on return.</summary>
    /// <returns>The tags after it.</returns>
    /// <exception cref="MetaflowException">It breaks a rule, or the run cannot be changed.</exception>
    public Task<IReadOnlyList<string>> ApplyAsync(
        LocalStore store, RunFolder folder, IReadOnlyCollection<string> systemTags, string user, TimeProvider time, CancellationToken cancellationToken)
    {
        Check(systemTags);
        return RunTagEditor.ChangeAsync(store, folder, tags => Apply(tags, systemTags), user, time, cancellationToken);
    }

    /// <summary>The tags after the change.</summary>
    /// <exception cref="MetaflowException">It breaks a rule.</exception>
    public IReadOnlyList<string> Apply(IReadOnlyList<string> tags, IReadOnlyCollection<string> systemTags)
    {
        Check(systemTags);

        // To add a tag that the system gave is no change: the run has it.
        List<string> after = [.. tags.Except(Remove, StringComparer.Ordinal).Union(Add.Except(systemTags, StringComparer.Ordinal), StringComparer.Ordinal)];
        return TagRules.FaultOf(after) is { } fault ? throw new MetaflowException($"The tags cannot be changed: {fault}.") : after;
    }

    private void Check(IReadOnlyCollection<string> systemTags)
    {
        if (Remove.Count + Add.Count == 0)
        {
            throw new MetaflowException("No tag is given, neither to add nor to remove.");
        }

        if (Remove.Concat(Add).Select(TagRules.FaultOf).FirstOrDefault(fault => fault is not null) is { } fault)
        {
            throw new MetaflowException($"The tags cannot be changed: {fault}.");
        }

        if (Remove.FirstOrDefault(systemTags.Contains) is { } given)
        {
            throw new MetaflowException($"'{given}' is a tag of the system; it cannot be removed.");
        }
    }
}
