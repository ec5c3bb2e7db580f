using System.Globalization;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>
/// Finds what somebody typed: names of flows, steps and artifacts ignore case and may be cut short as long as they fit one
/// alone; <c>latest</c> is the newest run of a flow.
/// </summary>
internal static class ObjectFinder
{
    private const string Latest = "latest";
    private const string LatestSuccessful = "latest-successful";

    /// <summary>A flow with a run in the namespace.</summary>
    /// <exception cref="ObjectNotFoundException">No flow has such a name.</exception>
    /// <exception cref="AmbiguousObjectException">Several begin so.</exception>
    public static FlowReference Flow(MetaflowClient client, string name)
    {
        if (StoreLayout.IsFlowName(name) && client.Index.OfFlow(name, index => index.LatestRun(name, successfulOnly: false)) is not null)
        {
            return client.Flow(name);
        }

        var flows = client.Index.OfStore(index => index.Flows());
        return client.Flow(Pick(name, flows, "flow", name) ?? throw Missing.Flow(client, name));
    }

    /// <summary>A run: <c>GenreFlow/3</c>, <c>genre/latest</c>.</summary>
    /// <exception cref="UsageException">It does not name a run.</exception>
    /// <exception cref="ObjectNotFoundException">There is none.</exception>
    public static RunReference Run(MetaflowClient client, string path) => Run(client, path, Split(path, 2, "run", "FLOW/RUN"));

    /// <summary>A step: <c>GenreFlow/3/Rank</c>.</summary>
    /// <inheritdoc cref="Run(MetaflowClient, string)"/>
    public static StepReference Step(MetaflowClient client, string path)
    {
        var parts = Split(path, 3, "step", "FLOW/RUN/STEP");
        return Step(Run(client, path, parts), parts[2]);
    }

    /// <summary>A task: <c>GenreFlow/3/Rank/17</c>.</summary>
    /// <inheritdoc cref="Run(MetaflowClient, string)"/>
    public static TaskReference Task(MetaflowClient client, string path)
    {
        var parts = Split(path, 4, "task", "FLOW/RUN/STEP/TASK");
        var step = Step(Run(client, path, parts), parts[2]);
        return step.Task(Number(parts[3], "task", path));
    }

    /// <summary>An artifact of a task: <c>GenreFlow/3/Rank/17/Best</c>; without a task that of the step's only one.</summary>
    /// <inheritdoc cref="Run(MetaflowClient, string)"/>
    public static ArtifactReference Artifact(TaskReference task, string name)
    {
        var names = task.Artifacts.Select(artifact => artifact.Name).ToList();
        return task.Artifact(Pick(name, names, "artifact", $"{task.PathSpec}/{name}") ?? name);
    }

    /// <summary>A step of a run.</summary>
    public static StepReference Step(RunReference run, string name)
    {
        var declared = run.Stored.Graph.InOrder.Select(step => step.Name).ToList();
        return run.Step(Pick(name, declared, "step", $"{run.PathSpec}/{name}") ?? name);
    }

    private static RunReference Run(MetaflowClient client, string path, string[] parts)
    {
        var flow = Flow(client, parts[0]);
        return parts[1].ToLowerInvariant() switch
        {
            Latest => flow.LatestRun!,
            LatestSuccessful => flow.LatestSuccessfulRun
                ?? throw new ObjectNotFoundException($"{flow.Name} has no run that succeeded.", path),
            _ => flow.Run(Number(parts[1], "run", path)),
        };
    }

    private static string Number(string text, string kind, string path) => StoreLayout.TryParseRunId(text, out var number)
        ? number.ToString(CultureInfo.InvariantCulture)
        : throw new UsageException(
            $"'{path}': '{text}' is not the id of a {kind}. Ids are numbers from 1{(kind == "run" ? $", or '{Latest}', or '{LatestSuccessful}'" : "")}.");

    /// <summary>The name that is meant; <see langword="null"/> if none is.</summary>
    private static string? Pick(string name, IReadOnlyList<string> known, string kind, string path)
    {
        if (known.Contains(name))
        {
            return name;
        }

        var same = known.Where(candidate => candidate.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
        var fitting = same.Count > 0 || name.Length == 0 ? same
            : known.Where(candidate => candidate.StartsWith(name, StringComparison.OrdinalIgnoreCase)).ToList();
        return fitting switch
        {
            [] => null,
            [var one] => one,
            _ => throw new AmbiguousObjectException(
                $"'{name}' fits several {kind}s: {string.Join(", ", fitting.Take(10))}{(fitting.Count > 10 ? ", …" : "")}. Write more of its name.", path),
        };
    }

    private static string[] Split(string path, int parts, string kind, string form)
    {
        var found = path.Trim('/').Split('/');
        return found.Length == parts && !found.Contains("")
            ? found
            : throw new UsageException($"'{path}' does not name a {kind}. Write it as {form}.");
    }
}
