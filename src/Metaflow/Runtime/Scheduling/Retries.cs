using Metaflow.Runtime.Tasks;

namespace Metaflow.Runtime.Scheduling;

/// <summary>Decides what comes after an attempt that failed.</summary>
internal static class Retries
{
    /// <summary>The attempt that follows a failed one, if any, and how long to wait before it.</summary>
    public static (PendingTask Task, TimeSpan Delay)? FollowUp(RunContext context, FinishedAttempt attempt)
    {
        var task = attempt.Task with { TaskId = attempt.Attempt.TaskId, Attempt = attempt.Attempt.Attempt + 1 };
        if (attempt.Result.IsFinal || attempt.Task.Fallback is not null)
        {
            return null;
        }

        var decorators = context.Decorators(task.Step);

        // If the process has died, nobody was left to decide it where the step ran.
        var delay = attempt.Result.RetryAfter
            ?? decorators.RetryAfter(new(attempt.Attempt.Attempt, attempt.Result.Error!, null, Random.Shared.NextDouble()));
        if (delay is { } wait)
        {
            return (task, wait);
        }

        // The process died before Catch could act: one more attempt only records the failure.
        return decorators.Find<CatchAttribute>() is not null
            ? (task with { Fallback = attempt.Result.Error }, TimeSpan.Zero)
            : null;
    }
}
