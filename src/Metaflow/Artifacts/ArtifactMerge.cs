namespace Metaflow.Artifacts;

/// <summary>Carries artifacts over a join, as the reference's merge_artifacts does (ART-04 to ART-06).</summary>
internal static class ArtifactMerge
{
    /// <summary>Merges the artifacts of <paramref name="branches"/> into <paramref name="target"/>; all or nothing.</summary>
    public static void Merge(
        ArtifactTable target, IEnumerable<ArtifactTable> branches, IEnumerable<string>? include, IEnumerable<string>? exclude)
    {
        if (include is not null && exclude is not null)
        {
            throw new ArgumentException("MergeArtifacts takes either 'include' or 'exclude', not both.", nameof(exclude));
        }

        var included = include?.ToHashSet(StringComparer.Ordinal);
        var excluded = exclude?.ToHashSet(StringComparer.Ordinal) ?? [];
        var present = target.Names.ToHashSet(StringComparer.Ordinal);
        var merged = new Dictionary<string, Candidate>(StringComparer.Ordinal);
        var conflicts = new SortedSet<string>(StringComparer.Ordinal);

        foreach (var branch in branches)
        {
            foreach (var name in branch.Names)
            {
                if (present.Contains(name) || excluded.Contains(name) || included?.Contains(name) == false)
                {
                    continue;
                }

                var slot = branch.Find(name)!;
                if (!merged.TryGetValue(name, out var first))
                {
                    merged[name] = new(slot);
                }
                else if (!first.IsSameAs(slot))
                {
                    conflicts.Add(name);
                }
            }
        }

        if (conflicts.Count > 0)
        {
            throw new MergeConflictException(
                $"MergeArtifacts: the branches disagree about {string.Join(", ", conflicts)}. "
                + "Assign these in the join before merging, or leave them out with 'exclude'.",
                [.. conflicts]);
        }

        var missing = included?.Where(name => !merged.ContainsKey(name) && !present.Contains(name))
            .Order(StringComparer.Ordinal).ToList() ?? [];
        if (missing.Count > 0)
        {
            throw new MergeMissingException(
                $"MergeArtifacts: 'include' asks for {string.Join(", ", missing)}, but no branch has set it. "
                + "Leave it out of 'include', or set it in a branch.",
                missing);
        }

        foreach (var candidate in merged.Values)
        {
            target.Adopt(candidate.Slot);
        }
    }

    /// <summary>The first branch's artifact. Its content is identified once, and only if another branch has one too.</summary>
    private sealed class Candidate(ArtifactSlot slot)
    {
        private ContentIdentity? _identity;

        public ArtifactSlot Slot { get; } = slot;

        public bool IsSameAs(ArtifactSlot other) => (_identity ??= Slot.Identity) == other.Identity;
    }
}
