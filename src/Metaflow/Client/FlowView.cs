using Metaflow.Artifacts;
using Metaflow.Definitions;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>Makes flow objects that stand for finished tasks.</summary>
internal static class FlowView
{
    /// <summary>A flow object with the artifacts of a task and the parameters of its run.</summary>
    /// <exception cref="MetaflowException">The class is not that of the run's flow, or it cannot be created.</exception>
    public static TFlow Create<TFlow>(StoredRun run, AttemptRecord attempt, RecordAddress address, IServiceProvider? services)
        where TFlow : FlowSpec
    {
        var definition = FlowRegistry.Get(typeof(TFlow));
        var owner = $"{run.PathSpec}/{attempt.Step}/{ObjectPath.Text(attempt.TaskId)}";
        if (definition.Name != run.Flow)
        {
            throw new MetaflowException(
                $"Task {owner} cannot be read as {definition.Name}: it is of {run.Flow}. Read it as Data<{run.Flow}>(), or its artifacts one by one.");
        }

        if (definition.NeedsServices && services is null)
        {
            throw new MetaflowException(
                $"The constructor of {definition.Name} takes services, so Data<{definition.Name}>(services) needs them. "
                + "Without them, read the artifacts one by one.");
        }

        var flow = definition.Create(services);
        var constants = run.Constants;
        foreach (var parameter in definition.Parameters)
        {
            if (constants.FirstOrDefault(stored => stored.Name == parameter.Name) is { } stored)
            {
                run.Use(stored, content => parameter.Loader(stored, Copy(content), run.OpenBlob))(flow);
            }
        }

        flow.Attach(new()
        {
            Current = new(Facts(run, attempt), CancellationToken.None),
            Artifacts = new(owner, new StoredArtifacts(run, address)),
            ForEachStack = Frames(attempt.Stack),
            Item = Item(run, attempt),
        });
        return (TFlow)flow;
    }

    /// <summary>The levels of foreach, outermost first.</summary>
    public static IReadOnlyList<ForEachFrame> Frames(IReadOnlyList<SplitLevel> stack) =>
        [.. stack.Where(level => level.IsForEach).Select(level => new ForEachFrame(level.SplitStep, level.Index, level.Count, level.Label))];

    /// <summary>The item of the innermost foreach; <see langword="null"/> outside one.</summary>
    public static StoredItem? Item(StoredRun run, AttemptRecord attempt)
    {
        if (attempt.Stack.LastOrDefault(level => level.IsForEach) is not { } level)
        {
            return null;
        }

        var (content, encoding) = run.Read(open => open.Item(level.SplitAt, level.Index));
        return new(encoding, content);
    }

    private static ReadOnlyMemory<byte> Copy(System.Buffers.ReadOnlySequence<byte> content) =>
        content.IsSingleSegment ? content.First : System.Buffers.BuffersExtensions.ToArray(content);

    private static CurrentFacts Facts(StoredRun run, AttemptRecord attempt) => new()
    {
        FlowName = run.Flow,
        RunId = ObjectPath.Text(run.Number),
        StepName = attempt.Step,
        TaskId = ObjectPath.Text(attempt.TaskId),
        RetryCount = attempt.Attempt,
        OriginRunId = run.Started.OriginRunId,
        UserName = run.Started.UserName,
        Namespace = run.Started.Namespace,
        Tags = run.Started.Tags,
        Project = ProjectBranch.Of(run.Started.SystemTags),
        ParameterNames = run.Started.ParameterNames,
    };
}
