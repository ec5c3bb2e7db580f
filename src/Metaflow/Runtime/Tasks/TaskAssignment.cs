using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Runtime.Tasks;

/// <summary>One attempt of one task, as the scheduler hands it to whoever runs it.</summary>
internal sealed record TaskAssignment
{
    public required long TaskId { get; init; }
    public required string Step { get; init; }
    public required int Attempt { get; init; }

    /// <summary>The task before this one, whose artifacts it inherits; none for the first task and for joins.</summary>
    public RecordAddress Parent { get; init; }

    /// <summary>The splits around the task, outermost first.</summary>
    public IReadOnlyList<SplitLevel> Stack { get; init; } = [];

    /// <summary>The attempt records of the branches that a join unites, in order; empty for other steps.</summary>
    public IReadOnlyList<RecordAddress> Inputs { get; init; } = [];

    /// <summary>
    /// What ended the process of the last attempt, if the step is not to be run but its <see cref="CatchAttribute"/> is to
    /// record the failure.
    /// </summary>
    public CaughtException? Fallback { get; init; }

    /// <summary>The label of the innermost foreach item, if any.</summary>
    public string? Label
    {
        get
        {
            for (var i = Stack.Count - 1; i >= 0; i--)
            {
                if (Stack[i].IsForEach)
                {
                    return Stack[i].Label;
                }
            }

            return null;
        }
    }
}

/// <summary>What came of an attempt.</summary>
internal sealed record TaskResult
{
    public required AttemptOutcome Outcome { get; init; }

    /// <summary>What the task left, ready to be stored (see <see cref="TaskData"/>).</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Where the task led; <see langword="null"/> for the last step and for failures.</summary>
    public TransitionKind? Kind { get; init; }

    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>How many items a foreach has.</summary>
    public int Count { get; init; }

    public CaughtException? Error { get; init; }

    /// <summary>Whether the failure is of a kind that another attempt cannot mend.</summary>
    public bool IsFinal { get; init; }

    /// <summary>How long to wait before the next attempt; <see langword="null"/> if the one who ran this one cannot tell.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether something still runs in the process that should not be beside the next task.</summary>
    public bool IsWorkerSpent { get; init; }

    public static TaskResult Failed(CaughtException error, bool isFinal = false) =>
        new() { Outcome = AttemptOutcome.Failed, Data = TaskData.Nothing, Error = error, IsFinal = isFinal };
}
