using System.Diagnostics;
using Metaflow.Metadata.Records;

namespace Metaflow.Runtime.Telemetry;

/// <summary>Passes everything on, and tells tracing and metrics of it: a span for the run, in it one for each step, in it the attempts.</summary>
internal sealed class TelemetryObserver : IRunObserver, IDisposable
{
    private readonly IRunObserver _inner;
    private readonly TimeProvider _time;
    private readonly ActivityContext _parent;
    private readonly Dictionary<string, StepSpan> _steps = new(StringComparer.Ordinal);
    private readonly Dictionary<(long TaskId, int Attempt), (long Started, Activity? Span)> _running = [];

    private Activity? _run;
    private string _flow = "";
    private bool _hasEnded;

    private TelemetryObserver(IRunObserver inner, TimeProvider time)
    {
        _inner = inner;
        _time = time;
        _parent = Activity.Current?.Context ?? default;
    }

    /// <summary>An observer that also tells of the run, if anybody listens.</summary>
    public static TelemetryObserver? Watch(IRunObserver inner, TimeProvider time) => Instruments.AreWatched ? new(inner, time) : null;

    public void RunStarting(string flowName, string runId)
    {
        _flow = flowName;
        _run = Spans.Start($"run {flowName}", _parent, _time.GetUtcNow(), [new("metaflow.flow", flowName), new("metaflow.run.id", runId)]);
        _inner.RunStarting(flowName, runId);
    }

    public void Adopted(string originRunId, int tasks)
    {
        _run?.SetTag("metaflow.origin_run.id", originRunId);
        _run?.SetTag("metaflow.tasks.adopted", tasks);
        Instruments.Adopted.Add(tasks, new KeyValuePair<string, object?>("metaflow.flow", _flow));
        _inner.Adopted(originRunId, tasks);
    }

    public void AttemptStarted(in TaskAttempt attempt)
    {
        var now = _time.GetUtcNow();
        if (!_steps.TryGetValue(attempt.Step, out var step))
        {
            var span = _run is null ? null : Spans.Start($"step {attempt.Step}", _run.Context, now, [new("metaflow.flow", _flow), new("metaflow.step", attempt.Step)]);
            _steps.Add(attempt.Step, step = new(span));
        }

        _running[(attempt.TaskId, attempt.Attempt)] = (_time.GetTimestamp(), step.Start(attempt, now));
        Instruments.Running.Add(1, Tags(attempt));
        _inner.AttemptStarted(attempt);
    }

    public void Output(in TaskAttempt attempt, LogStream stream, DateTimeOffset time, string line) => _inner.Output(attempt, stream, time, line);

    public void Split(in TaskAttempt attempt, string target, int count) => _inner.Split(attempt, target, count);

    public void AttemptFinished(in TaskAttempt attempt, AttemptOutcome outcome, string? message)
    {
        if (_running.Remove((attempt.TaskId, attempt.Attempt), out var running))
        {
            var now = _time.GetUtcNow();
            var duration = _time.GetElapsedTime(running.Started);
            _steps[attempt.Step].Finish(attempt, outcome, message, now, duration);
            End(running.Span, Spans.NameOf(outcome), outcome == AttemptOutcome.Succeeded ? null : message ?? "", now);
            Instruments.Running.Add(-1, Tags(attempt));
            Instruments.AttemptDuration.Record(duration.TotalSeconds, [.. Tags(attempt), new("metaflow.outcome", Spans.NameOf(outcome))]);
        }

        _inner.AttemptFinished(attempt, outcome, message);
    }

    public void Notice(string text) => _inner.Notice(text);

    public void RunFinished(RunResult result)
    {
        var status = StatusNames.Of(result.Status);
        KeyValuePair<string, object?>[] tags = [new("metaflow.flow", _flow), new("metaflow.status", status)];
        Instruments.Runs.Add(1, tags);
        Instruments.RunDuration.Record(result.Elapsed.TotalSeconds, tags);
        _run?.SetTag("metaflow.tasks", result.Tasks);
        EndAll(status, result.Failure);
        _inner.RunFinished(result);
    }

    /// <summary>Ends what a run that could not be ended in order has left open.</summary>
    public void Dispose()
    {
        if (!_hasEnded)
        {
            EndAll("failed", "The run could not be ended in order.");
        }
    }

    private KeyValuePair<string, object?>[] Tags(in TaskAttempt attempt) => [new("metaflow.flow", _flow), new("metaflow.step", attempt.Step)];

    private void EndAll(string status, string? failure)
    {
        _hasEnded = true;
        var now = _time.GetUtcNow();
        foreach (var (_, span) in _running.Values)
        {
            End(span, "cancelled", "The run ended before the attempt did.", now);
        }

        foreach (var step in _steps.Values)
        {
            step.Stop();
        }

        End(_run, status, failure, now);
    }

    private static void End(Activity? span, string outcome, string? failure, DateTimeOffset now)
    {
        span?.SetTag("metaflow.outcome", outcome);
        if (failure is not null)
        {
            span?.SetStatus(ActivityStatusCode.Error, failure);
        }

        Spans.Stop(span, now);
    }
}
