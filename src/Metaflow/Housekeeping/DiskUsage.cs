using System.Globalization;
using Metaflow.Storage;

namespace Metaflow.Housekeeping;

/// <summary>How much one thing in a store takes.</summary>
/// <param name="Name">The flow, the run, or the run and artifact.</param>
/// <param name="RecordBytes">Its records on disk.</param>
/// <param name="ContentBytes">The content that it refers to, each content once, before compression.</param>
/// <param name="OwnContentBytes">The part of it that nothing else of the same kind refers to.</param>
internal sealed record UsageRow(string Name, long RecordBytes, long ContentBytes, long OwnContentBytes);

/// <summary>What usage is listed by.</summary>
internal enum UsageLevel
{
    Flow,
    Run,
    Artifact,
}

/// <summary>Tells where a store's space goes.</summary>
internal static class DiskUsage
{
    /// <summary>Usage by flow, run or artifact, largest first.</summary>
    public static IReadOnlyList<UsageRow> Of(LocalStore store, UsageLevel level, CancellationToken cancellationToken)
    {
        var owners = new Dictionary<string, (long Records, Dictionary<ContentHash, long> Content)>(StringComparer.Ordinal);
        var users = new Dictionary<ContentHash, HashSet<string>>();
        foreach (var flow in store.Flows())
        {
            foreach (var number in store.RunIds(flow))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Add(store.OpenRun(flow, number.ToString(CultureInfo.InvariantCulture)));
            }
        }

        return
        [
            .. owners.Select(owner => new UsageRow(
                    owner.Key,
                    owner.Value.Records,
                    owner.Value.Content.Values.Sum(),
                    owner.Value.Content.Where(content => users[content.Key].Count == 1).Sum(content => content.Value)))
                .OrderByDescending(row => row.RecordBytes + row.ContentBytes).ThenBy(row => row.Name, StringComparer.Ordinal),
        ];

        void Add(RunFolder run)
        {
            var name = level == UsageLevel.Flow ? run.FlowName : run.ToString();
            Owner(name).Records += run.Size;
            using var reader = run.OpenReader();
            foreach (var reference in RunReferences.Of(reader))
            {
                var owner = level == UsageLevel.Artifact ? $"{name} {reference.Name}" : name;
                Owner(owner).Content[reference.Hash] = reference.Size;
                if (!users.TryGetValue(reference.Hash, out var known))
                {
                    users[reference.Hash] = known = [];
                }

                known.Add(owner);
            }
        }

        ref (long Records, Dictionary<ContentHash, long> Content) Owner(string name)
        {
            ref var owner = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(owners, name, out var exists);
            if (!exists)
            {
                owner.Content = [];
            }

            return ref owner;
        }
    }
}
