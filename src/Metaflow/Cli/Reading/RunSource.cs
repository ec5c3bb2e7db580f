using System.Globalization;
using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Cli.Reading;

/// <summary>A run that the command line reads back, and what of it was asked for.</summary>
internal sealed class RunSource : IDisposable
{
    private readonly LocalStore _store;

    private RunSource(LocalStore store, RunReader reader, PathSpec path)
    {
        _store = store;
        Reader = reader;
        Path = path;
    }

    /// <summary>The run.</summary>
    public RunReader Reader { get; }

    /// <summary>The run's folder.</summary>
    public RunFolder Folder => _store.OpenRun(Reader.Info.FlowName, Path.RunId);

    /// <summary>What was asked for, with the run's number and the step's exact name.</summary>
    public PathSpec Path { get; }

    /// <summary>Opens the run that the verb's argument names.</summary>
    /// <exception cref="MetaflowException">There is no such run, step or task.</exception>
    public static RunSource Open(VerbContext context) => Open(context, context.Line.Argument!);

    /// <summary>Opens the run that a path names.</summary>
    /// <exception cref="MetaflowException">There is no such run, step or task.</exception>
    public static RunSource Open(VerbContext context, string text)
    {
        var path = PathSpec.Parse(text, context.Definition.Name);
        var store = OpenStore(context);
        RunReader? reader = null;
        try
        {
            if (path.RunId.Equals(PathSpec.Latest, StringComparison.OrdinalIgnoreCase))
            {
                var latest = store.LatestRunId(context.Definition.Name)
                    ?? throw new MetaflowException($"{context.Definition.Name} has no run in {store.Root} yet. Start one: {context.Host.Program} run");
                path = path with { RunId = latest.ToString(CultureInfo.InvariantCulture) };
            }

            reader = RunReader.Open(store, context.Definition.Name, path.RunId);
            return new(store, reader, path with { Step = StepName(context, reader, path) });
        }
        catch
        {
            reader?.Dispose();
            store.Dispose();
            throw;
        }
    }

    /// <summary>Opens the store for reading.</summary>
    /// <exception cref="MetaflowException">There is none.</exception>
    public static LocalStore OpenStore(VerbContext context)
    {
        var root = context.StoreRoot;
        return Directory.Exists(root)
            ? LocalStore.OpenReadOnly(root)
            : throw new MetaflowException(
                $"There are no runs here: {root} does not exist. Start one with '{context.Host.Program} run', or name the directory with --datastore-root.");
    }

    /// <summary>The tasks that were asked for, in the order of the steps and ids.</summary>
    public IEnumerable<TaskEntry> Tasks() =>
        Path.Step is null ? Reader.Steps.SelectMany(step => Reader.Tasks(step).OrderBy(task => task.TaskId))
        : Path.TaskId is { } id ? Reader.FindTask(Path.Step, id) is { } task ? [task] : []
        : Reader.Tasks(Path.Step).OrderBy(task => task.TaskId);

    /// <summary>Says that a task has not ended or does not exist.</summary>
    public MetaflowException NoTask()
    {
        var ids = Reader.Tasks(Path.Step!).Select(task => task.TaskId).Order().ToList();
        var range = ids.Count switch
        {
            0 => "No task of the step has ended.",
            1 => $"Its only finished task is {ids[0]}.",
            _ => $"Its {ids.Count} finished tasks have ids from {ids[0]} to {ids[^1]}.",
        };
        var elsewhere = Path.TaskId is { } id ? Reader.Steps.FirstOrDefault(step => Reader.FindTask(step, id) is not null) : null;
        return new(
            $"Step {Path.Step} of run {Path.RunId} has no finished task {Path.TaskId}. "
            + (elsewhere is null ? range : $"Did you mean '{Path.RunId}/{elsewhere}/{Path.TaskId}'?"));
    }

    public void Dispose()
    {
        Reader.Dispose();
        _store.Dispose();
    }

    private static string? StepName(VerbContext context, RunReader reader, PathSpec path)
    {
        if (path.Step is null)
        {
            return null;
        }

        // The code may have changed since the run; what the run has counts first.
        var names = reader.Steps.Concat(context.Definition.Steps.Select(step => step.Name)).Distinct(StringComparer.Ordinal).ToList();
        return names.Find(name => name == path.Step)
            ?? names.Find(name => name.Equals(path.Step, StringComparison.OrdinalIgnoreCase))
            ?? throw new MetaflowException(
                $"Run {path.RunId} of {context.Definition.Name} has no step '{path.Step}'.{NearestMatch.Hint(path.Step, names)} Its steps: {string.Join(", ", names)}.");
    }
}
