namespace Metaflow.Comparison;

/// <summary>Which tasks of a step in two runs correspond: those with the same foreach items, else those at the same place.</summary>
internal sealed record TaskPairs(
    IReadOnlyList<(ComparedTask First, ComparedTask Second)> Both, IReadOnlyList<ComparedTask> OnlyFirst, IReadOnlyList<ComparedTask> OnlySecond)
{
    public static TaskPairs Of(IReadOnlyList<ComparedTask> first, IReadOnlyList<ComparedTask> second)
    {
        var byLabel = Match(first, second, static task => task.Labels);

        // Labels that change from run to run (times, objects) say nothing: then the places count.
        return 2 * byLabel.Both.Count >= Math.Min(first.Count, second.Count) ? byLabel : Match(first, second, static task => task.Places);
    }

    private static TaskPairs Match(IReadOnlyList<ComparedTask> first, IReadOnlyList<ComparedTask> second, Func<ComparedTask, string> key)
    {
        // Tasks with the same key (a loop, or an item that occurs twice) correspond in their order.
        var waiting = new Dictionary<string, Queue<ComparedTask>>(StringComparer.Ordinal);
        foreach (var task in first)
        {
            if (!waiting.TryGetValue(key(task), out var queue))
            {
                waiting.Add(key(task), queue = new(1));
            }

            queue.Enqueue(task);
        }

        var both = new List<(ComparedTask, ComparedTask)>(Math.Min(first.Count, second.Count));
        var added = new List<ComparedTask>();
        foreach (var task in second)
        {
            if (waiting.TryGetValue(key(task), out var queue) && queue.TryDequeue(out var partner))
            {
                both.Add((partner, task));
            }
            else
            {
                added.Add(task);
            }
        }

        return new(both, [.. waiting.Values.SelectMany(queue => queue).OrderBy(task => task.TaskId)], added);
    }
}
