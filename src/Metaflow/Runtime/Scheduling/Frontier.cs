using Metaflow.Runtime.Tasks;
using Metaflow.Storage;

namespace Metaflow.Runtime.Scheduling;

/// <summary>A task that waits to be run, or to be run again.</summary>
internal sealed record PendingTask
{
    /// <summary>The task's id; 0 until its first attempt is handed out.</summary>
    public long TaskId { get; init; }

    public required string Step { get; init; }

    /// <summary>The task before it; none for the first task and for joins.</summary>
    public RecordAddress Parent { get; init; }

    /// <summary>See <see cref="Metadata.Records.AttemptRecord.ParentTask"/>.</summary>
    public long ParentTask { get; init; }

    public Frame? Frame { get; init; }

    /// <summary>What a join unites.</summary>
    public IReadOnlyList<RecordAddress> Inputs { get; init; } = [];

    public int Attempt { get; init; }

    /// <summary>See <see cref="Metadata.Records.AttemptRecord.Why"/>.</summary>
    public string? Why { get; init; }

    /// <summary>See <see cref="TaskAssignment.Fallback"/>.</summary>
    public CaughtException? Fallback { get; init; }

    /// <summary>What whoever executes the task is told.</summary>
    public TaskAssignment ToAssignment() => new()
    {
        TaskId = TaskId,
        Step = Step,
        Attempt = Attempt,
        Parent = Parent,
        Stack = Frame?.Levels ?? [],
        Inputs = Inputs,
        Fallback = Fallback,
    };
}

/// <summary>
/// The tasks that could run now. Tasks that continue a branch come before new branches, and inner splits before outer
/// ones, so that a wide foreach is finished item by item and never stands in memory as a whole.
/// </summary>
internal sealed class Frontier(TimeProvider time)
{
    private readonly Queue<PendingTask> _ready = new();
    private readonly Stack<Cursor> _splits = new();
    private readonly PriorityQueue<PendingTask, DateTimeOffset> _delayed = new();

    /// <summary>Whether nothing waits, not even for its time.</summary>
    public bool IsEmpty => _ready.Count == 0 && _delayed.Count == 0 && _splits.All(split => split.IsExhausted);

    /// <summary>When the next delayed task is due, if there is one.</summary>
    public DateTimeOffset? NextDue => _delayed.TryPeek(out _, out var due) ? due : null;

    public void Add(PendingTask task) => _ready.Enqueue(task);

    public void AddDelayed(PendingTask task, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            _ready.Enqueue(task);
        }
        else
        {
            _delayed.Enqueue(task, time.GetUtcNow() + delay);
        }
    }

    /// <summary>Adds the branches of a split; each is made when its turn comes.</summary>
    public void AddSplit(int count, Func<int, PendingTask> branch)
    {
        if (count > 0)
        {
            _splits.Push(new(count, branch));
        }
    }

    /// <summary>The next task that <paramref name="fits"/> accepts.</summary>
    public bool TryTake(Func<string, bool> fits, out PendingTask? task)
    {
        while (_delayed.TryPeek(out _, out var due) && due <= time.GetUtcNow())
        {
            _ready.Enqueue(_delayed.Dequeue());
        }

        for (var i = _ready.Count; i > 0; i--)
        {
            task = _ready.Dequeue();
            if (fits(task.Step))
            {
                return true;
            }

            _ready.Enqueue(task);
        }

        while (_splits.TryPeek(out var split) && split.IsExhausted)
        {
            _splits.Pop();
        }

        foreach (var split in _splits)
        {
            if (!split.IsExhausted && fits(split.Peek().Step))
            {
                task = split.Take();
                return true;
            }
        }

        task = null;
        return false;
    }

    /// <summary>Forgets everything: the run is ending.</summary>
    public void Clear()
    {
        _ready.Clear();
        _splits.Clear();
        _delayed.Clear();
    }

    private sealed class Cursor(int count, Func<int, PendingTask> branch)
    {
        private PendingTask? _peeked;
        private int _next;

        public bool IsExhausted => _next == count;

        public PendingTask Peek() => _peeked ??= branch(_next);

        public PendingTask Take()
        {
            var task = Peek();
            _peeked = null;
            _next++;
            return task;
        }
    }
}
