using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Runtime.Scheduling;

/// <summary>
/// A split that is under way: what its branches share, and which of them have arrived at the join. It holds eight bytes
/// per branch, so that a foreach over a million items is a few megabytes.
/// </summary>
internal sealed class Split(string step, long taskId, RecordAddress address, bool isForEach, int count, Frame? outer)
{
    private readonly RecordAddress[] _arrived = new RecordAddress[count];
    private int _missing = count;

    public string Step { get; } = step;

    public long TaskId { get; } = taskId;

    /// <summary>The attempt record of the task that split.</summary>
    public RecordAddress Address { get; } = address;

    public bool IsForEach { get; } = isForEach;

    public int Count { get; } = count;

    /// <summary>The branch of an outer split in which this one happened.</summary>
    public Frame? Outer { get; } = outer;

    /// <summary>The step at which the branches meet; known when the first has arrived.</summary>
    public string? JoinStep { get; private set; }

    /// <summary>The attempt records of the branches' last tasks, in branch order; complete when the last has arrived.</summary>
    public IReadOnlyList<RecordAddress> Arrived => _arrived;

    /// <summary>Notes that a branch has arrived; true when it was the last one.</summary>
    /// <exception cref="MetaflowException">The branch arrived at another join than the others.</exception>
    public bool Arrive(int index, string joinStep, RecordAddress address)
    {
        JoinStep ??= joinStep;
        if (JoinStep != joinStep)
        {
            throw new MetaflowException(
                $"The branches of the split in step '{Step}' lead to different joins, '{JoinStep}' and '{joinStep}'. "
                + "All branches of a split must meet in one join step.");
        }

        _arrived[index] = address;
        return --_missing == 0;
    }
}

/// <summary>The place of a task inside a split: which branch it belongs to.</summary>
internal sealed class Frame(Split split, int index, string first, string label)
{
    private IReadOnlyList<SplitLevel>? _levels;

    public Split Split { get; } = split;

    public int Index { get; } = index;

    /// <summary>All splits around the branch as they are stored, outermost first.</summary>
    public IReadOnlyList<SplitLevel> Levels => _levels ??=
    [
        .. Split.Outer?.Levels ?? [],
        new(Split.Step, Split.TaskId, Split.Address, Split.IsForEach, Index, Split.Count, first, label),
    ];
}
