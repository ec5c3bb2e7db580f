using Metaflow.Artifacts;
using Metaflow.Client;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Comparison;

/// <summary>
/// Compares what tasks set. What a task merely passes on is compared where it was set, so a value that differs from some
/// step on is one difference and not one for each step behind it.
/// </summary>
internal sealed class ArtifactComparison(ComparedRun first, ComparedRun second, ComparisonOptions options)
{
    private const double EndRelevance = 0.8;
    private const double Relevance = 0.7;
    private const double ManyRelevance = 0.65;

    /// <summary>Pairs of values that were told: after some steps a task lists again what it inherited.</summary>
    private readonly HashSet<(string Name, ContentHash First, ContentHash Second)> _told = [];

    private readonly string? _end = second.Stored.Graph.EndStep?.Name;

    /// <summary>The artifacts of a step that differ, each once.</summary>
    public IEnumerable<RunDifference> Of(string step, TaskPairs pairs)
    {
        var groups = new Dictionary<string, Group>(StringComparer.Ordinal);
        var compared = 0;
        foreach (var (one, other) in pairs.Both)
        {
            if (one.IsSuccessful && other.IsSuccessful)
            {
                compared++;
                Compare(groups, one, other);
            }
        }

        var told = groups.Where(group => group.Value.Count > 0).Select(group => Describe(step, group.Key, group.Value, compared)).ToList();
        foreach (var group in groups.Values)
        {
            _told.UnionWith(group.Seen);
        }

        return told;
    }

    private void Compare(Dictionary<string, Group> groups, ComparedTask one, ComparedTask other)
    {
        // Mostly both list the same names in the same order.
        for (var i = 0; i < one.Artifacts.Count; i++)
        {
            var artifact = one.Artifacts[i];
            var match = i < other.Artifacts.Count && other.Artifacts[i].Name == artifact.Name ? other.Artifacts[i] : Find(other, artifact.Name);
            Note(groups, one, other, artifact, match);
        }

        foreach (var artifact in other.Artifacts)
        {
            if (Find(one, artifact.Name) is null)
            {
                Note(groups, one, other, null, artifact);
            }
        }
    }

    private void Note(Dictionary<string, Group> groups, ComparedTask one, ComparedTask other, OwnArtifact? before, OwnArtifact? after)
    {
        var same = before is { } a && after is { } b && a.Hash.Equals(b.Hash) && a.Encoding == b.Encoding;
        var name = before?.Name ?? after!.Value.Name;
        if (!groups.TryGetValue(name, out var group))
        {
            // Where nothing differs there is nothing to keep but the sums of numbers.
            if (same && double.IsNaN(before!.Value.Number))
            {
                return;
            }

            groups.Add(name, group = new());
        }

        group.FirstNumbers.Add(before?.Number);
        group.SecondNumbers.Add(after?.Number);
        var key = (name, before?.Hash ?? default, after?.Hash ?? default);
        if (!same && !_told.Contains(key))
        {
            group.Seen.Add(key);
            group.Count++;
            group.Example ??= (one, other, before, after);
        }
    }

    private static OwnArtifact? Find(ComparedTask task, string name)
    {
        foreach (var artifact in task.Artifacts)
        {
            if (artifact.Name == name)
            {
                return artifact;
            }
        }

        return null;
    }

    private RunDifference Describe(string step, string name, Group group, int compared)
    {
        var (one, other, before, after) = group.Example!.Value;
        var value = before is null || after is null ? null : Value(name, one, other);
        var difference = FactComparison.Fact(
            DifferenceKind.Artifact, $"{step}/{name}", before is null ? null : value?.First ?? Short(before.Value),
            after is null ? null : value?.Second ?? Short(after.Value),
            step == _end ? EndRelevance : compared > 1 ? ManyRelevance : Relevance);
        var figures = new Dictionary<string, double>(value?.Figures ?? new Dictionary<string, double>());
        var details = new List<string>(value?.Details ?? []);
        if (compared > 1 && group.FirstNumbers.Count > 0 && group.SecondNumbers.Count > 0)
        {
            details.Insert(0, $"over all tasks: {group.FirstNumbers} → {group.SecondNumbers}");
            figures["firstMeanOfTasks"] = group.FirstNumbers.Mean;
            figures["secondMeanOfTasks"] = group.SecondNumbers.Mean;
        }

        return difference with
        {
            Tasks = group.Count, OfTasks = compared, Details = details, Figures = figures,
            FirstExample = PathOf(first, step, one, name), SecondExample = PathOf(second, step, other, name),
        };
    }

    private ValueDifference? Value(string name, ComparedTask one, ComparedTask other) =>
        Stored(first, one, name) is { } before && Stored(second, other, name) is { } after
            ? ValueDifference.Of(first.Stored, before, second.Stored, after, options)
            : null;

    private static StoredArtifact? Stored(ComparedRun run, ComparedTask task, string name) =>
        run.Stored.Record(task.Address).ToTaskData().Artifacts.FirstOrDefault(artifact => artifact.Name == name);

    private static string Short(OwnArtifact artifact) => $"<{artifact.Encoding}, {DataSize.Format(artifact.Size)}>";

    private static string PathOf(ComparedRun run, string step, ComparedTask task, string name) =>
        $"{run.Run.PathSpec}/{step}/{ObjectPath.Text(task.TaskId)}/{name}";

    /// <summary>What is known of one artifact in all tasks of a step.</summary>
    private sealed class Group
    {
        public int Count { get; set; }

        public (ComparedTask One, ComparedTask Other, OwnArtifact? Before, OwnArtifact? After)? Example { get; set; }

        public HashSet<(string Name, ContentHash First, ContentHash Second)> Seen { get; } = [];

        public NumberSpread FirstNumbers { get; } = new();

        public NumberSpread SecondNumbers { get; } = new();
    }
}
