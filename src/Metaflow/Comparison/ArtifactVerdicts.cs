using Metaflow.Artifacts;
using Metaflow.Artifacts.JsonNpy;
using Metaflow.Client;
using Metaflow.Metadata.Records;
using Metaflow.Provenance;

namespace Metaflow.Comparison;

/// <summary>Compares what two executions of the same run left, artifact by artifact.</summary>
internal sealed class ArtifactVerdicts(double tolerance)
{
    private const int MaximumTasks = 200_000;

    private readonly ToleranceTest _test = new(tolerance);

    /// <summary>A verdict for each artifact that a step sets, and one for each step whose tasks differ, in the order of the run.</summary>
    public IReadOnlyList<ArtifactVerdict> Of(RunReference first, RunReference second, CancellationToken cancellationToken)
    {
        var one = ComparedRun.Read(first, MaximumTasks, cancellationToken);
        var other = ComparedRun.Read(second, MaximumTasks, cancellationToken);
        var verdicts = new List<ArtifactVerdict>();
        foreach (var step in one.Steps.Keys.Union(other.Steps.Keys))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var pairs = TaskPairs.Of(one.Steps.GetValueOrDefault(step, []), other.Steps.GetValueOrDefault(step, []));
            if (OfTasks(step, pairs) is { } tasks)
            {
                verdicts.Add(tasks);
            }

            verdicts.AddRange(OfArtifacts(one, other, step, pairs));
        }

        if (one.IsCut || other.IsCut)
        {
            verdicts.Add(new("", "", VerdictKind.Different, 0, 0) { FirstDifference = $"more than {MaximumTasks} tasks: the others were not compared" });
        }

        return verdicts;
    }

    /// <summary>Tasks that only one run has, or that ended in another way.</summary>
    private static ArtifactVerdict? OfTasks(string step, TaskPairs pairs)
    {
        var unlike = pairs.Both.Where(pair => pair.First.Outcome != pair.Second.Outcome).ToList();
        var count = unlike.Count + pairs.OnlyFirst.Count + pairs.OnlySecond.Count;
        if (count == 0)
        {
            return null;
        }

        var what = unlike.Count > 0 ? $"task {unlike[0].First.TaskId} {Word(unlike[0].First.Outcome)}, and {Word(unlike[0].Second.Outcome)} now"
            : pairs.OnlyFirst.Count > 0 ? $"task {pairs.OnlyFirst[0].TaskId} has no counterpart now"
            : $"task {pairs.OnlySecond[0].TaskId} had no counterpart";
        return new(step, "", VerdictKind.Different, pairs.Both.Count + pairs.OnlyFirst.Count + pairs.OnlySecond.Count, count) { FirstDifference = what };
    }

    private static string Word(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Succeeded => "succeeded",
        AttemptOutcome.Caught => "failed and was caught",
        _ => "failed",
    };

    private Dictionary<string, ArtifactVerdict>.ValueCollection OfArtifacts(ComparedRun one, ComparedRun other, string step, TaskPairs pairs)
    {
        var found = new Dictionary<string, ArtifactVerdict>(StringComparer.Ordinal);
        foreach (var (first, second) in pairs.Both.Where(pair => pair.First.IsSuccessful && pair.Second.IsSuccessful))
        {
            foreach (var name in first.Artifacts.Select(artifact => artifact.Name).Union(second.Artifacts.Select(artifact => artifact.Name)))
            {
                var (kind, difference) = Compare(one, first, other, second, name);
                var verdict = found.GetValueOrDefault(name) ?? new(step, name, VerdictKind.Identical, 0, 0);
                found[name] = verdict with
                {
                    Kind = (VerdictKind)Math.Max((int)verdict.Kind, (int)kind),
                    Tasks = verdict.Tasks + 1,
                    DifferentTasks = verdict.DifferentTasks + (kind == VerdictKind.Different ? 1 : 0),
                    FirstDifference = verdict.FirstDifference ?? difference,
                    Example = verdict.Example ?? (difference is null ? null : $"{one.Run.PathSpec}/{step}/{ObjectPath.Text(first.TaskId)}/{name}"),
                };
            }
        }

        return found.Values;
    }

    private (VerdictKind Kind, string? Difference) Compare(ComparedRun one, ComparedTask first, ComparedRun other, ComparedTask second, string name)
    {
        var before = first.Artifacts.FirstOrDefault(artifact => artifact.Name == name);
        var after = second.Artifacts.FirstOrDefault(artifact => artifact.Name == name);
        if (before.Name is null || after.Name is null)
        {
            return (VerdictKind.Different, before.Name is null ? "it was not set" : "it is not set now");
        }

        if (before.Encoding != after.Encoding && !(JsonNpyContent.IsJson(before.Encoding) && JsonNpyContent.IsJson(after.Encoding)))
        {
            return (VerdictKind.Different, $"format: {before.Encoding} → {after.Encoding}");
        }

        if (before.Hash.Equals(after.Hash))
        {
            return (VerdictKind.Identical, null);
        }

        var difference = one.Stored.Use(Stored(one, first, name), content =>
            other.Stored.Use(Stored(other, second, name), otherContent => _test.FirstDifference(before.Encoding, content, after.Encoding, otherContent)));
        return difference is null ? (VerdictKind.Equal, null) : (VerdictKind.Different, difference);
    }

    private static StoredArtifact Stored(ComparedRun run, ComparedTask task, string name) =>
        run.Stored.Record(task.Address).ToTaskData().Artifacts.First(artifact => artifact.Name == name);
}
