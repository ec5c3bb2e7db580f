using Metaflow.Artifacts;
using Metaflow.Metadata.Records;

namespace Metaflow.Runtime.Replay;

/// <summary>How an artifact of a task that was executed once more compares with what was recorded.</summary>
internal enum ArtifactVerdict
{
    Same,
    Different,

    /// <summary>It was recorded and is not there now.</summary>
    Missing,

    /// <summary>It was not recorded.</summary>
    New,
}

/// <summary>An artifact then and now.</summary>
/// <param name="Name">The artifact's name.</param>
/// <param name="Verdict">How the two compare.</param>
/// <param name="Then">As recorded.</param>
/// <param name="Now">As made now.</param>
internal sealed record ArtifactDifference(string Name, ArtifactVerdict Verdict, StoredArtifact? Then, StoredArtifact? Now);

/// <summary>What a task made, beside what was recorded.</summary>
/// <param name="Artifacts">Each artifact, by name.</param>
/// <param name="IsTransitionSame">Whether the task led to the same steps, over the same items.</param>
internal sealed record TaskDifference(IReadOnlyList<ArtifactDifference> Artifacts, bool IsTransitionSame)
{
    /// <summary>Whether nothing differs.</summary>
    public bool IsNone => IsTransitionSame && Artifacts.All(artifact => artifact.Verdict == ArtifactVerdict.Same);

    /// <summary>Compares content, not records: an artifact that was passed on then and written now is the same.</summary>
    public static TaskDifference Between(TaskReplay then, ReplayResult now)
    {
        var before = then.RecordedArtifacts.All.ToDictionary(artifact => artifact.Name, StringComparer.Ordinal);
        var after = now.Artifacts.All.ToDictionary(artifact => artifact.Name, StringComparer.Ordinal);
        var artifacts = before.Keys.Union(after.Keys).Order(StringComparer.Ordinal).Select(name =>
        {
            var (old, made) = (before.GetValueOrDefault(name), after.GetValueOrDefault(name));
            var verdict = old is null ? ArtifactVerdict.New
                : made is null ? ArtifactVerdict.Missing
                : old.Encoding == made.Encoding && old.Hash.Equals(made.Hash) ? ArtifactVerdict.Same
                : ArtifactVerdict.Different;
            return new ArtifactDifference(name, verdict, old, made);
        });
        return new([.. artifacts], IsSame(then.RecordedNext, now.Data.Next));
    }

    private static bool IsSame(StoredTransition? then, StoredTransition? now) =>
        then is null || now is null
            ? then is null && now is null
            : then.Kind == now.Kind && then.Targets.SequenceEqual(now.Targets) && then.Count == now.Count
                && Equals(then.Items?.Hash, now.Items?.Hash);
}
