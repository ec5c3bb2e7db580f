using System.Globalization;
using Metaflow.Client;
using Metaflow.Metadata.Records;

namespace Metaflow.Comparison;

/// <summary>Compares what the tasks of two runs did, step by step.</summary>
internal sealed class TaskComparison(ComparedRun first, ComparedRun second, ComparisonOptions options, List<string> remarks)
{
    private const double OutcomeRelevance = 0.99;
    private const double TasksRelevance = 0.75;
    private const double TimingRelevance = 0.25;
    private const double LogRelevance = 0.2;
    private const int ShownTasks = 5;

    /// <summary>Finds the differences of all steps.</summary>
    public IEnumerable<RunDifference> Differences(CancellationToken cancellationToken)
    {
        foreach (var run in new[] { first, second }.Where(run => run.IsCut))
        {
            remarks.Add($"{run.Run.PathSpec} has more tasks than {options.MaximumTasks}: the others were not compared.");
        }

        var found = new List<RunDifference>();
        var artifacts = new ArtifactComparison(first, second, options);
        foreach (var step in first.Steps.Keys.Union(second.Steps.Keys))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var one = first.Steps.GetValueOrDefault(step, []);
            var other = second.Steps.GetValueOrDefault(step, []);
            var pairs = TaskPairs.Of(one, other);
            found.AddRange(Tasks(step, pairs));
            found.AddRange(Outcomes(step, one, other));
            found.AddRange(Times(step, one, other));
            if (options.Wants(DifferenceKind.Artifact))
            {
                found.AddRange(artifacts.Of(step, pairs));
            }

            if (options.Wants(DifferenceKind.Logs) && Logs(step, pairs) is { } logs)
            {
                found.Add(logs);
            }
        }

        return found;
    }

    private static IEnumerable<RunDifference> Tasks(string step, TaskPairs pairs)
    {
        var total = pairs.Both.Count + pairs.OnlyFirst.Count + pairs.OnlySecond.Count;
        if (pairs.OnlyFirst.Count > 0)
        {
            yield return new(DifferenceKind.Tasks, DifferenceChange.Removed, step, Named(pairs.OnlyFirst), null)
            {
                Relevance = TasksRelevance, Tasks = pairs.OnlyFirst.Count, OfTasks = total,
            };
        }

        if (pairs.OnlySecond.Count > 0)
        {
            yield return new(DifferenceKind.Tasks, DifferenceChange.Added, step, null, Named(pairs.OnlySecond))
            {
                Relevance = TasksRelevance, Tasks = pairs.OnlySecond.Count, OfTasks = total,
            };
        }
    }

    private static string Named(IReadOnlyList<ComparedTask> tasks)
    {
        var labels = tasks.Where(task => task.Labels.Length > 0).Take(ShownTasks).Select(task => task.Labels).ToList();
        var names = labels.Count == 0 ? "" : $": {string.Join(", ", labels)}{(tasks.Count > labels.Count ? ", …" : "")}";
        return $"{tasks.Count} {(tasks.Count == 1 ? "task" : "tasks")}{names}";
    }

    private IEnumerable<RunDifference> Outcomes(string step, List<ComparedTask> one, List<ComparedTask> other)
    {
        var (before, after) = (Outcome(first, step, one), Outcome(second, step, other));
        if (before != after)
        {
            var (failed, alsoFailed) = (one.Find(task => task.Error is not null), other.Find(task => task.Error is not null));
            yield return FactComparison.Fact(DifferenceKind.Outcome, step, before, after, OutcomeRelevance) with
            {
                FirstExample = failed is null ? null : PathOf(first, step, failed),
                SecondExample = alsoFailed is null ? null : PathOf(second, step, alsoFailed),
                Details = [.. Trace(failed), .. Trace(alsoFailed)],
            };
        }
    }

    private static IEnumerable<string> Trace(ComparedTask? task) =>
        task?.Error is { StackTrace: { } trace } ? TextDiff.Lines(trace).Take(ShownTasks) : [];

    /// <summary>How the tasks of a step ended and with which exceptions; nothing if all is well.</summary>
    private static string? Outcome(ComparedRun run, string step, List<ComparedTask> tasks)
    {
        var parts = new List<string>();
        foreach (var outcome in (AttemptOutcome[])[AttemptOutcome.Failed, AttemptOutcome.Caught, AttemptOutcome.WillRetry])
        {
            var those = tasks.FindAll(task => task.Outcome == outcome);
            if (those.Count > 0)
            {
                var errors = those.Where(task => task.Error is not null).GroupBy(task => $"{task.Error!.Type}: {TextDiff.Lines(task.Error.Message)[0]}")
                    .OrderByDescending(group => group.Count()).Take(ShownTasks).Select(group => group.Key);
                parts.Add($"{those.Count} {Word(outcome)} ({string.Join("; ", errors)})");
            }
        }

        if (run.Retries.GetValueOrDefault(step) is > 0 and var retries)
        {
            parts.Add($"{retries} {(retries == 1 ? "retry" : "retries")}");
        }

        return parts.Count > 0 ? string.Join(", ", parts) : tasks.Count > 0 ? "succeeded" : null;
    }

    private static string Word(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Failed => "failed",
        AttemptOutcome.Caught => "caught",
        _ => "to be retried",
    };

    private static IEnumerable<RunDifference> Times(string step, List<ComparedTask> one, List<ComparedTask> other)
    {
        if (one.Count == 0 || other.Count == 0)
        {
            yield break;
        }

        var (mean, otherMean) = (Mean(one), Mean(other));
        if (FactComparison.Timing($"{step} {(Math.Max(one.Count, other.Count) == 1 ? "" : "(mean of its tasks)")}".TrimEnd(), mean, otherMean, TimingRelevance) is { } timing)
        {
            yield return timing;
        }
    }

    private static TimeSpan Mean(List<ComparedTask> tasks) => TimeSpan.FromMicroseconds(tasks.Average(task => (double)task.Micros));

    private RunDifference? Logs(string step, TaskPairs pairs)
    {
        var differing = pairs.Both.Where(pair => pair.First.Log != pair.Second.Log).ToList();
        if (differing.Count == 0)
        {
            return null;
        }

        var (one, other) = differing[0];
        var details = TextDiff.Hunks(Lines(first, one), Lines(second, other), options.MaximumDetails);
        return new(
            DifferenceKind.Logs, DifferenceChange.Changed, step,
            Count(differing.Sum(pair => pair.First.Log.Lines), differing.Sum(pair => pair.First.Log.ErrorLines)),
            Count(differing.Sum(pair => pair.Second.Log.Lines), differing.Sum(pair => pair.Second.Log.ErrorLines)))
        {
            Relevance = LogRelevance, Tasks = differing.Count, OfTasks = pairs.Both.Count, Details = details,
            FirstExample = PathOf(first, step, one), SecondExample = PathOf(second, step, other),
        };
    }

    private static string Count(long lines, long errors) => string.Create(
        CultureInfo.InvariantCulture, $"{lines} {(lines == 1 ? "line" : "lines")}{(errors > 0 ? $", {errors} to standard error" : "")}");

    private static List<string> Lines(ComparedRun run, ComparedTask task) =>
    [
        .. run.Stored.Record(task.Address).ToAttempt().Logs.SelectMany(address => run.Stored.Record(address).ToLogLines())
            .Select(line => line.Text),
    ];

    private static string PathOf(ComparedRun run, string step, ComparedTask task) =>
        $"{run.Run.PathSpec}/{step}/{ObjectPath.Text(task.TaskId)}";
}
