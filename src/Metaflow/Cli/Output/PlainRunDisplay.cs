using Metaflow.Metadata.Records;
using System.Globalization;
using Metaflow.Runtime;

namespace Metaflow.Cli.Output;

/// <summary>
/// Tells a run in stamped lines. In a wide step only the first tasks start and finish aloud; after them a line of progress
/// comes each second or each tenth of the work. Output, retries and failures are always told.
/// </summary>
internal sealed class PlainRunDisplay : IRunDisplay
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly TextWriter _out;
    private readonly TextWriter _error;
    private readonly TimeProvider _time;
    private readonly ITimer _flush;
    private readonly Dictionary<string, StepProgress> _steps = new(StringComparer.Ordinal);
    private readonly HashSet<long> _explained = [];
    private string _runId = "";
    private bool _hasUnflushed;

    public PlainRunDisplay(ICliConsole console, TimeProvider time)
    {
        _out = console.Out;
        _error = console.Error;
        _time = time;
        _flush = time.CreateTimer(_ => Flush(), null, FlushInterval, FlushInterval);
    }

    public void RunStarting(string flowName, string runId)
    {
        _runId = runId;
        Write(_time.GetLocalNow(), $"Workflow starting (run-id {runId}):");
    }

    public void AttemptStarted(in TaskAttempt attempt)
    {
        var step = StepOf(attempt.Step);
        if (attempt.Attempt > 0)
        {
            step.Retried();
            Write(attempt, "Task is starting (retry).");
        }
        else if (step.Started(attempt.TaskId))
        {
            Write(attempt, "Task is starting.");
        }

        WriteProgress(step);
    }

    public void Output(in TaskAttempt attempt, LogStream stream, DateTimeOffset time, string line)
    {
        if (TaskWords.IsFailureHeadline(line))
        {
            _explained.Add(attempt.TaskId);
        }

        Write(TimeZoneInfo.ConvertTime(time, _time.LocalTimeZone), Head(attempt) + line);
    }

    public void Split(in TaskAttempt attempt, string target, int count)
    {
        StepOf(target).Expect(count);
        if (StepOf(attempt.Step).IsTold(attempt.TaskId))
        {
            Write(attempt, $"Foreach yields {count.ToString(CultureInfo.InvariantCulture)} child steps.");
        }
    }

    public void AttemptFinished(in TaskAttempt attempt, AttemptOutcome outcome, string? message)
    {
        var step = StepOf(attempt.Step);
        var isTold = step.IsTold(attempt.TaskId);
        if (outcome == AttemptOutcome.Succeeded)
        {
            if (isTold)
            {
                Write(attempt, "Task finished successfully.");
            }
        }
        else
        {
            WriteReason(attempt, message ?? "");
            Write(attempt, TaskWords.Failed(outcome));
        }

        step.Finished(attempt.TaskId, outcome);
        WriteProgress(step);
    }

    public void RunFinished(RunResult result)
    {
        var now = _time.GetLocalNow();
        Write(now, result.Status switch
        {
            RunStatus.Succeeded => "Done!",
            RunStatus.Interrupted => "Workflow interrupted.",
            _ => "Workflow failed.",
        });
        Flush();
    }

    public void Adopted(string originRunId, int tasks)
    {
        Write(_time.GetLocalNow(), $"Took over {tasks} finished tasks of run {originRunId}; they are not executed again.");
        Flush();
    }

    public void Notice(string text) => _error.WriteLine(text);

    public async ValueTask DisposeAsync()
    {
        await _flush.DisposeAsync().ConfigureAwait(false);
        Flush();
    }

    /// <summary>Says why an attempt failed, unless its own output has just done so.</summary>
    private void WriteReason(in TaskAttempt attempt, string message)
    {
        if (_explained.Remove(attempt.TaskId))
        {
            return;
        }

        foreach (var line in message.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Write(attempt, line.TrimEnd('\r'));
        }
    }

    private StepProgress StepOf(string name)
    {
        if (!_steps.TryGetValue(name, out var step))
        {
            _steps[name] = step = new(name, _time);
        }

        return step;
    }

    private void WriteProgress(StepProgress step)
    {
        if (step.TakeProgress() is { } progress)
        {
            Write(_time.GetLocalNow(), $"[{_runId}/{step.Name}] {progress}");
        }
    }

    private void Write(in TaskAttempt attempt, string text) => Write(_time.GetLocalNow(), Head(attempt) + text);

    private string Head(in TaskAttempt attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"[{_runId}/{attempt.Step}/{attempt.TaskId} (pid {attempt.ProcessId})] ");

    private void Write(DateTimeOffset time, string text)
    {
        lock (_lock)
        {
            Span<char> stamp = stackalloc char[23];
            time.TryFormat(stamp, out _, "yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
            _out.Write(stamp);
            _out.Write(' ');
            _out.WriteLine(text);
            _hasUnflushed = true;
        }
    }

    private void Flush()
    {
        lock (_lock)
        {
            if (_hasUnflushed)
            {
                _out.Flush();
                _hasUnflushed = false;
            }
        }
    }
}
