using Metaflow.Metadata.Records;
using System.Globalization;
using Metaflow.Runtime;

namespace Metaflow.Cli.Output;

/// <summary>Counts the tasks of a step, and decides which of them are told one by one.</summary>
internal sealed class StepProgress(string name, TimeProvider time)
{
    /// <summary>Up to so many tasks, a step is told task by task.</summary>
    public const int WideFrom = 200;

    /// <summary>Of a wide step, so many tasks are told.</summary>
    public const int ToldOfWide = 20;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly HashSet<long> _told = [];
    private long _lastTime = time.GetTimestamp();
    private long _lastTenth;

    public string Name { get; } = name;

    /// <summary>How many tasks are known to come; 0 if unknown.</summary>
    public long Expected { get; private set; }

    public long Running { get; private set; }

    public long Done { get; private set; }

    public long Failed { get; private set; }

    public long Retries { get; private set; }

    /// <summary>Whether no task has started.</summary>
    public bool IsUntouched => StartedCount == 0 && Retries == 0;

    private long StartedCount { get; set; }

    private bool IsWide => Expected > WideFrom || StartedCount > WideFrom;

    /// <summary>So many more tasks will come.</summary>
    public void Expect(int count) => Expected += count;

    /// <summary>A task's first attempt started.</summary>
    /// <returns>Whether to tell it.</returns>
    public bool Started(long taskId)
    {
        Running++;
        StartedCount++;
        if (IsWide && StartedCount > ToldOfWide)
        {
            return false;
        }

        _told.Add(taskId);
        return true;
    }

    /// <summary>A task's further attempt started.</summary>
    public void Retried()
    {
        Running++;
        Retries++;
    }

    /// <summary>Whether the task's start was told.</summary>
    public bool IsTold(long taskId) => _told.Contains(taskId);

    /// <summary>An attempt ended.</summary>
    public void Finished(long taskId, AttemptOutcome outcome)
    {
        Running--;
        switch (outcome)
        {
            case AttemptOutcome.WillRetry:
                return;
            case AttemptOutcome.Failed:
                Failed++;
                break;
            default:
                Done++;
                break;
        }

        _told.Remove(taskId);
    }

    /// <summary>A line of progress, when one is due.</summary>
    public string? TakeProgress()
    {
        if (!IsWide)
        {
            return null;
        }

        var finished = Done + Failed;
        var tenth = Expected > 0 ? finished * 10 / Expected : 0;
        if (tenth == _lastTenth && time.GetElapsedTime(_lastTime) < Interval)
        {
            return null;
        }

        _lastTenth = tenth;
        _lastTime = time.GetTimestamp();
        var of = Expected >= finished && Expected > 0 ? $" of {Number(Expected)}" : "";
        var failed = Failed > 0 ? $", {Number(Failed)} failed" : "";
        var retried = Retries > 0 ? $", {Number(Retries)} retried" : "";
        return $"{Number(finished)}{of} tasks finished, {Number(Running)} running{failed}{retried}.";
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
