using Metaflow.Definitions;
using Metaflow.FlowMatrix.Running;
using Metaflow.Graph;
using Metaflow.Metadata.Records;

namespace Metaflow.FlowMatrix;

/// <summary>What holds for every run that succeeded, whatever its steps do.</summary>
internal static class RunChecks
{
    public static void Succeeded(StoredRun run, ShapeVariant variant, int items = 3, int rounds = 10)
    {
        Assert.Equal("succeeded", run.Status);
        Assert.All(run.Tasks, task => Assert.True(task.HasResult, $"{task.Name}: {task.Record.Outcome}"));
        Assert.Equal(variant.Counts(items, rounds), Counts(run));
        Assert.Equal(run.Tasks.Count, run.Reader.Info.Finished!.Tasks);
        Assert.Equal(run.Tasks.Count, run.Tasks.Select(task => task.TaskId).Distinct().Count());
        Graph(run, variant.Flow);
    }

    public static SortedDictionary<string, int> Counts(StoredRun run) =>
        new(run.Tasks.GroupBy(task => task.Step).ToDictionary(group => group.Key, group => group.Count()), StringComparer.Ordinal);

    /// <summary>Each task follows from tasks that lead to it, and stands in the splits that they stand in.</summary>
    public static void Graph(StoredRun run, Type flow)
    {
        var graph = FlowGraph.Parse(FlowRegistry.Get(flow).Graph);
        foreach (var task in run.Tasks)
        {
            var parents = run.Parents(task).ToList();
            Assert.All(parents, parent => Assert.True(parent.HasResult, $"{task.Name} follows from {parent.Name}, which {parent.Record.Outcome}"));
            Assert.All(parents, parent => Assert.Contains(graph[parent.Step].Transitions, next => next.Targets.Contains(task.Step)));
            if (graph[task.Step].IsJoin)
            {
                Join(run, task, parents);
            }
            else if (parents.Count == 0)
            {
                Assert.Equal(graph.StartStep!.Name, task.Step);
                Assert.Equal(0, task.Record.ParentTask);
                Assert.Empty(task.Record.Stack);
            }
            else
            {
                Follow(graph, task, Assert.Single(parents));
            }
        }
    }

    private static void Join(StoredRun run, StoredAttempt join, List<StoredAttempt> parents)
    {
        var split = parents[0].Record.Stack[^1];
        Assert.Equal(split.Count, parents.Count);
        Assert.Equal(Enumerable.Range(0, split.Count), parents.Select(parent => parent.Record.Stack[^1].Index));
        Assert.All(parents, parent => Assert.Equal(split.SplitAt, parent.Record.Stack[^1].SplitAt));
        Assert.All(parents, parent => Assert.Equal(join.Record.Stack, parent.Record.Stack.SkipLast(1)));
        Assert.Equal(run[split.SplitAt].TaskId, join.Record.ParentTask);
        Assert.Equal(run[split.SplitAt].Record.Stack, join.Record.Stack);
    }

    private static void Follow(FlowGraph graph, StoredAttempt task, StoredAttempt parent)
    {
        Assert.Equal(parent.TaskId, task.Record.ParentTask);
        var isSplit = graph[parent.Step].Transitions
            .Any(next => next.Targets.Contains(task.Step) && next.Kind is TransitionShape.Split or TransitionShape.ForEach);
        Assert.Equal(parent.Record.Stack, isSplit ? task.Record.Stack.SkipLast(1) : task.Record.Stack);
        if (isSplit)
        {
            var level = task.Record.Stack[^1];
            Assert.Equal((parent.Step, parent.TaskId, parent.Address, task.Step), (level.SplitStep, level.SplitTask, level.SplitAt, level.First));
        }
    }
}
