using Metaflow.Runtime.Replay;

namespace Metaflow.Cli.Reading;

/// <summary>A past task that is to be executed once more, and the run that it belongs to.</summary>
/// <param name="Source">The run.</param>
/// <param name="Task">The task, ready to be executed.</param>
internal sealed record ReplaySource(RunSource Source, TaskReplay Task) : IDisposable
{
    /// <summary>How many runs are looked through for a step that is named alone.</summary>
    private const int MostRuns = 20;

    /// <summary>Opens a task: the one that is named, or the latest one of the step.</summary>
    /// <param name="context">The command; its argument names a step or task.</param>
    /// <param name="keeps">Which decorators act.</param>
    public static ReplaySource Open(VerbContext context, Func<StepDecorator, bool> keeps)
    {
        var source = Find(context, context.Line.Argument!);
        try
        {
            var found = source.Path.TaskId is not null || source.Path.Step is not null
                ? source.Tasks().LastOrDefault()
                : throw new UsageException($"'{context.Line.Argument}' names a whole run. Name a step or a task: {source.Path.RunId}/STEP or {source.Path.RunId}/STEP/TASK.");
            if (found.Step is null)
            {
                throw source.NoTask();
            }

            var services = context.Definition.NeedsServices ? context.Host.Services() : null;
            return new(source, TaskReplay.Open(context.RunsRoot, source.Reader, found, context.Definition, services, keeps));
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Task.Dispose();
        Source.Dispose();
    }

    /// <summary>A step that is named alone is looked for in the latest runs.</summary>
    private static RunSource Find(VerbContext context, string path)
    {
        var step = context.Definition.Steps.FirstOrDefault(known => known.Name.Equals(path, StringComparison.OrdinalIgnoreCase))?.Name;
        if (step is null)
        {
            return RunSource.Open(context, path);
        }

        List<long> runs;
        using (var store = RunSource.OpenStore(context))
        {
            runs = [.. store.RunIds(context.Definition.Name).Take(MostRuns)];
        }

        foreach (var run in runs)
        {
            var source = RunSource.Open(context, $"{run}/{step}");
            if (source.Reader.Tasks(step).Count > 0)
            {
                return source;
            }

            source.Dispose();
        }

        throw new MetaflowException(
            runs.Count == 0
                ? $"{context.Definition.Name} has no run in {context.RunsRoot} yet, so step {step} has no inputs. Start one: {context.Host.Program} run"
                : $"None of the latest {runs.Count} runs has a finished task of step {step}. Name one: RUN/{step} or RUN/{step}/TASK.");
    }
}
