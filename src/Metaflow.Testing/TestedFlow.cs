using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.Tasks;

namespace Metaflow.Testing;

/// <summary>Makes flow objects that show what a task left.</summary>
internal static class TestedFlow
{
    public static FlowSpec Open(RunContext context, TaskData data, IReadOnlyList<SplitLevel> stack)
    {
        var flow = context.CreateFlow();
        var foreachLevel = stack.LastOrDefault(level => level.IsForEach);
        flow.Attach(new()
        {
            Current = new(new() { FlowName = context.Definition.Name }, CancellationToken.None),
            Artifacts = new(context.Definition.Name, new TaskArtifacts(context.Content, data)),
            ForEachStack = [.. stack.Where(level => level.IsForEach).Select(level => new ForEachFrame(level.SplitStep, level.Index, level.Count, level.Label))],
            Item = foreachLevel is null ? null : Item(context, foreachLevel),
        });
        return flow;
    }

    private static StoredItem Item(RunContext context, SplitLevel level)
    {
        var (content, encoding) = context.Content.Item(level.SplitAt, level.Index);
        return new(encoding, content);
    }
}
