namespace Metaflow.Client;

/// <summary>The messages about objects that do not exist, with what was probably meant.</summary>
internal static class Missing
{
    /// <summary>How many names a message lists.</summary>
    private const int Listed = 20;

    public static ObjectNotFoundException Flow(MetaflowClient client, string name)
    {
        var flows = client.Index.OfStore(index => index.Flows());
        var unreadable = client.Index.Unreadable;
        return new(
            flows.Count == 0 && unreadable is [var fault, ..]
                ? $"There is no flow '{name}' in {client.DatastoreRoot} that can be read. {fault.Message}"
            : flows.Count == 0
                ? $"There is no flow '{name}' in {client.DatastoreRoot}: nothing has been run there yet."
                : $"There is no flow '{name}' in {client.DatastoreRoot}.{Hint(name, flows)} {List("Its flows", flows)}",
            name);
    }

    public static ObjectNotFoundException Run(StoredRun run) => Run(run.Client, run.Flow, run.Number);

    public static ObjectNotFoundException Run(MetaflowClient client, string flow, long number)
    {
        var latest = client.Index.OfFlow(flow, index => index.LatestRun(flow, successfulOnly: false));
        return latest is null
            ? Flow(client, flow)
            : new(
                $"There is no run {flow}/{number} in {client.DatastoreRoot}. The latest run of {flow} is {latest.RunId}.",
                $"{flow}/{ObjectPath.Text(number)}");
    }

    public static ObjectNotFoundException Step(StoredRun run, string name)
    {
        var steps = run.Graph.InOrder.Select(step => step.Name).ToList();
        return new(
            steps.Contains(name) ? $"Run {run.PathSpec} has not reached step '{name}': no task of it has ended."
                : $"Run {run.PathSpec} has no step '{name}'.{Hint(name, steps)} {List("Its steps", steps)}",
            $"{run.PathSpec}/{name}");
    }

    public static ObjectNotFoundException Task(RunReference run, string step, long id, long? first)
    {
        var (stored, text) = (run.Stored, ObjectPath.Text(id));
        var elsewhere = stored.Ask(index => index.Task(stored.Flow, stored.Number, id));
        var isRunning = elsewhere is null && run.RunningTasks.Any(task => task.Id == text);
        return new(
            $"Step {step} of run {run.PathSpec} has no task {text} that has ended."
            + (elsewhere is { } other ? $" Did you mean '{run.PathSpec}/{other.Step}/{text}'?"
                : isRunning ? " It is being executed: see RunningTasks."
                : first is { } known ? $" Its first one is {known}." : ""),
            $"{run.PathSpec}/{step}/{text}");
    }

    public static ObjectNotFoundException Artifact(string owner, string kind, string name, IEnumerable<string> names)
    {
        var known = names.Order(StringComparer.Ordinal).ToList();
        return new($"{owner} has no {kind} '{name}'.{Hint(name, known)} {List($"Its {kind}s", known)}", $"{owner}/{name}");
    }

    public static MetaflowException Artifact(TaskReference task, string name)
    {
        var known = task.Artifacts.Select(artifact => artifact.Name).ToList();
        return task.Run.Stored.Graph.Artifacts.Any(artifact => artifact.Name == name)
            ? new ArtifactNotSetException(
                $"Artifact '{name}' is not set in {task.PathSpec}: no step on the way there has assigned it, or a join did not pass it on.{Hint(name, known)} {List("Set are", known)}")
            : Artifact(task.PathSpec, "artifact", name, known);
    }

    private static string Hint(string name, IReadOnlyList<string> known) => NearestMatch.Hint(name, known);

    private static string List(string what, IReadOnlyList<string> names) =>
        names.Count == 0 ? $"{what}: none."
        : names.Count > Listed ? $"{what}: {string.Join(", ", names.Take(Listed))} and {names.Count - Listed} more."
        : $"{what}: {string.Join(", ", names)}.";
}
