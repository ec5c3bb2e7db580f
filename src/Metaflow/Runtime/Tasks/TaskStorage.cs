using Metaflow.Artifacts;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Runtime.Tasks;

/// <summary>Turns what a task holds in memory into what is stored.</summary>
internal static class TaskStorage
{
    /// <summary>The artifacts that a task leaves: what it wrote, what it changed in place, and by reference the rest.</summary>
    public static TaskData Collect(RunContext context, RecordAddress parent, ArtifactTable table, StoredTransition? next)
    {
        var artifacts = new List<StoredArtifact>();
        var room = ArtifactKeeper.MaximumInlineTotal - (next?.Items?.Inline?.Length ?? 0);
        foreach (var slot in table.Slots)
        {
            if (slot.NeedsEncoding)
            {
                var content = slot.Encode(context.Store.Blobs);
                if (slot.Stored is { } before && before.Encoding == content.Encoding && before.Hash.Equals(ContentHash.Of(content.Bytes)))
                {
                    // Read, and not changed: if it is inherited, nothing needs to be written.
                    if (!IsInherited(table, before))
                    {
                        Add(before);
                    }
                }
                else
                {
                    Add(ArtifactKeeper.Keep(context.Store.Blobs, content, slot.Name, room));
                }
            }
            else if (slot.Stored is { } stored && !IsInherited(table, stored))
            {
                // Carried over from a branch by a join.
                Add(stored.Inline is null && stored.Size <= ArtifactKeeper.MaximumInline && slot.Source is { } source && stored.Size <= room
                    ? stored with { Inline = source.Read(stored) }
                    : stored);
            }
        }

        var inherited = table.Inherited as Metadata.TaskArtifacts;
        if (inherited is null)
        {
            return new() { Artifacts = artifacts, Next = next };
        }

        if (inherited.Data.Depth + 1 < TaskData.MaximumDepth)
        {
            return new() { Base = parent, Depth = inherited.Data.Depth + 1, Artifacts = artifacts, Next = next };
        }

        return Relist(artifacts, inherited) with { Next = next };

        void Add(StoredArtifact artifact)
        {
            room -= artifact.Inline?.Length ?? 0;
            artifacts.Add(artifact);
        }
    }

    /// <summary>The whole table, the task's own artifacts first.</summary>
    public static TaskData Relist(IReadOnlyList<StoredArtifact> artifacts, Metadata.TaskArtifacts inherited)
    {
        var own = artifacts.Select(artifact => artifact.Name).ToHashSet(StringComparer.Ordinal);
        return new() { Artifacts = [.. artifacts, .. inherited.All.Where(artifact => !own.Contains(artifact.Name))], Own = artifacts.Count };
    }

    private static bool IsInherited(ArtifactTable table, StoredArtifact artifact) =>
        table.Inherited?.Find(artifact.Name) is { } given && given.Hash.Equals(artifact.Hash);
}
