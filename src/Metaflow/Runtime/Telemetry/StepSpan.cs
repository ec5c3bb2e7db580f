using System.Diagnostics;
using Metaflow.Metadata.Records;

namespace Metaflow.Runtime.Telemetry;

/// <summary>The span of a step: from its first attempt's start to its last one's end, with what there are too many attempts to tell one by one.</summary>
internal sealed class StepSpan(Activity? activity)
{
    /// <summary>So many attempts of a step get a span of their own, and so many failures an event.</summary>
    public const int MaximumDetails = 100;

    private long _started;
    private long _failed;
    private long _retried;
    private long _untold;
    private int _events;
    private double _seconds;
    private double _longest;
    private DateTimeOffset _last;
    private string? _failure;

    /// <summary>Begins an attempt; <see langword="null"/> if it gets no span of its own.</summary>
    public Activity? Start(in TaskAttempt attempt, DateTimeOffset now)
    {
        _last = now;
        if (activity is null)
        {
            return null;
        }

        if (++_started > MaximumDetails)
        {
            _untold++;
            return null;
        }

        return Spans.Start(
            $"{attempt.Step}/{attempt.TaskId}", activity.Context, now,
            [
                new("metaflow.step", attempt.Step),
                new("metaflow.task.id", attempt.TaskId),
                new("metaflow.attempt", attempt.Attempt),
                new("metaflow.foreach.label", attempt.Label),
                new("process.pid", attempt.ProcessId),
            ]);
    }

    /// <summary>Takes note of the end of an attempt.</summary>
    public void Finish(in TaskAttempt attempt, AttemptOutcome outcome, string? message, DateTimeOffset now, TimeSpan duration)
    {
        _last = now;
        _seconds += duration.TotalSeconds;
        _longest = Math.Max(_longest, duration.TotalSeconds);
        _retried += outcome == AttemptOutcome.WillRetry ? 1 : 0;
        if (outcome == AttemptOutcome.Failed)
        {
            _failed++;
            _failure ??= message;
        }

        if (outcome != AttemptOutcome.Succeeded && activity is not null && _events++ < MaximumDetails)
        {
            activity.AddEvent(new(
                "metaflow.failure", now,
                new()
                {
                    ["metaflow.task.id"] = attempt.TaskId,
                    ["metaflow.attempt"] = attempt.Attempt,
                    ["metaflow.outcome"] = Spans.NameOf(outcome),
                    ["exception.message"] = message,
                }));
        }
    }

    /// <summary>Ends the span.</summary>
    public void Stop()
    {
        if (activity is null)
        {
            return;
        }

        activity.SetTag("metaflow.attempts", _started);
        activity.SetTag("metaflow.attempts.failed", _failed);
        activity.SetTag("metaflow.attempts.retried", _retried);
        activity.SetTag("metaflow.attempts.without_span", _untold);
        activity.SetTag("metaflow.attempts.seconds", _seconds);
        activity.SetTag("metaflow.attempts.longest_seconds", _longest);
        if (_failed > 0)
        {
            activity.SetStatus(ActivityStatusCode.Error, _failure);
        }

        Spans.Stop(activity, _last);
    }
}

/// <summary>Spans that leave the current activity of the thread alone: one thread tells of many attempts.</summary>
internal static class Spans
{
    public static Activity? Start(string name, ActivityContext parent, DateTimeOffset now, IEnumerable<KeyValuePair<string, object?>> tags)
    {
        var before = Activity.Current;
        var activity = Instruments.Spans.StartActivity(name, ActivityKind.Internal, parent, tags, links: null, now);
        Activity.Current = before;
        return activity;
    }

    public static void Stop(Activity? activity, DateTimeOffset now)
    {
        if (activity is not null)
        {
            var before = Activity.Current;
            activity.SetEndTime(now.UtcDateTime);
            activity.Stop();
            Activity.Current = before;
        }
    }

    public static string NameOf(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Succeeded => "succeeded",
        AttemptOutcome.Caught => "caught",
        AttemptOutcome.WillRetry => "will retry",
        _ => "failed",
    };
}
