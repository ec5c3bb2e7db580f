using System.Runtime.ExceptionServices;
using System.Text.Json;
using Metaflow.Client;

namespace Metaflow.Comparison;

/// <summary>What two runs differ in, most relevant first.</summary>
/// <example>
/// <code>
/// var runs = client.Flow("GenreFlow").Runs().Take(2).ToList();
/// foreach (var difference in RunComparison.Of(runs[1], runs[0]).Differences)
/// {
///     Console.WriteLine(difference);
/// }
/// </code>
/// </example>
public sealed class RunComparison
{
    private RunComparison(RunReference first, RunReference second, IReadOnlyList<RunDifference> differences, IReadOnlyList<string> remarks)
    {
        First = first;
        Second = second;
        Differences = differences;
        Remarks = remarks;
    }

    /// <summary>The run that is compared with.</summary>
    public RunReference First { get; }

    /// <summary>The run that is compared.</summary>
    public RunReference Second { get; }

    /// <summary>The differences, most relevant first.</summary>
    public IReadOnlyList<RunDifference> Differences { get; }

    /// <summary>What was not compared, and why.</summary>
    public IReadOnlyList<string> Remarks { get; }

    /// <summary>Whether both runs did the same and came to the same: only times, logs and tags may differ.</summary>
    public bool IsSameResult => !Differences.Any(difference =>
        difference.Kind is not (DifferenceKind.Timing or DifferenceKind.Logs or DifferenceKind.Tags or DifferenceKind.Environment));

    /// <summary>Compares two runs, of one flow or of two. Records are read once; values only where they differ.</summary>
    /// <param name="first">The run to compare with, usually the older one.</param>
    /// <param name="second">The run to compare.</param>
    /// <param name="options">How far to go.</param>
    /// <param name="cancellationToken">Ends the comparison.</param>
    /// <exception cref="MetaflowException">A run cannot be read.</exception>
    public static RunComparison Of(
        RunReference first, RunReference second, ComparisonOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var how = options ?? new();
        var found = new List<RunDifference>();
        var remarks = new List<string>();
        found.AddRange(FactComparison.Of(first, second, how));
        found.AddRange(GraphComparison.Of(first, second));
        found.AddRange(ProvenanceComparison.Of(first, second, how, remarks));
        if (NeedsTasks(how))
        {
            var runs = Read([first, second], how.MaximumTasks, cancellationToken);
            found.AddRange(new TaskComparison(runs[0], runs[1], how, remarks).Differences(cancellationToken));
        }

        return new(
            first, second,
            [.. found.Where(difference => how.Wants(difference.Kind)).OrderByDescending(difference => difference.Relevance)],
            remarks);
    }

    /// <summary>Writes the comparison as one JSON object.</summary>
    /// <param name="json">Where to; docs/compare.md describes the object.</param>
    public void WriteTo(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        ComparisonJson.Write(json, this);
    }

    /// <summary>Reads the runs side by side.</summary>
    private static ComparedRun[] Read(RunReference[] runs, int maximumTasks, CancellationToken cancellationToken)
    {
        var read = new ComparedRun[runs.Length];
        try
        {
            Parallel.For(0, runs.Length, i => read[i] = ComparedRun.Read(runs[i], maximumTasks, cancellationToken));
        }
        catch (AggregateException faults)
        {
            ExceptionDispatchInfo.Throw(faults.InnerExceptions[0]);
        }

        return read;
    }

    private static bool NeedsTasks(ComparisonOptions options) =>
        options.Wants(DifferenceKind.Artifact) || options.Wants(DifferenceKind.Outcome) || options.Wants(DifferenceKind.Tasks)
        || options.Wants(DifferenceKind.Timing) || options.Wants(DifferenceKind.Logs);
}
