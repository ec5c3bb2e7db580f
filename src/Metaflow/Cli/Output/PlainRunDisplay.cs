using System.Globalization;
using Metaflow.Metadata.Records;
using Metaflow.Runtime;

namespace Metaflow.Cli.Output;

/// <summary>
/// Tells a run in stamped lines. In a wide step only the first tasks start and finish aloud; after them a line of progress
/// comes each second or each tenth of the work. Output, retries and failures are always told. In a long run, a summary
/// comes every five minutes.
/// </summary>
internal sealed class PlainRunDisplay : IRunDisplay
{
    private static readonly TimeSpan SummaryInterval = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly StampedLines _lines;
    private readonly TextWriter _error;
    private readonly TimeProvider _time;
    private readonly ITimer _summary;
    private readonly IReadOnlyList<string> _stepNames;
    private readonly Dictionary<string, StepProgress> _steps = new(StringComparer.Ordinal);
    private readonly HashSet<long> _explained = [];
    private string _runId = "";

    /// <param name="console">Where to write.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stepNames">The steps of the flow.</param>
    public PlainRunDisplay(ICliConsole console, TimeProvider time, IReadOnlyList<string> stepNames)
    {
        _error = console.Error;
        _lines = new(console.Out, time, fault => _error.WriteLine($"{fault} The run goes on; 'logs' shows what its tasks write."));
        _time = time;
        _stepNames = stepNames;
        _summary = time.CreateTimer(_ => WriteSummary(), null, SummaryInterval, SummaryInterval);
    }

    public void RunStarting(string flowName, string runId)
    {
        _runId = runId;
        _lines.Write($"Workflow starting (run-id {runId}):");
    }

    public void AttemptStarted(in TaskAttempt attempt)
    {
        lock (_lock)
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
    }

    public void Output(in TaskAttempt attempt, LogStream stream, DateTimeOffset time, string line)
    {
        lock (_lock)
        {
            if (TaskWords.IsFailureHeadline(line))
            {
                _explained.Add(attempt.TaskId);
            }
        }

        _lines.Write(time, Head(attempt) + line);
    }

    public void Split(in TaskAttempt attempt, string target, int count)
    {
        lock (_lock)
        {
            StepOf(target).Expect(count);
            if (StepOf(attempt.Step).IsTold(attempt.TaskId))
            {
                Write(attempt, $"Foreach yields {count.ToString(CultureInfo.InvariantCulture)} child steps.");
            }
        }
    }

    public void AttemptFinished(in TaskAttempt attempt, AttemptOutcome outcome, string? message)
    {
        lock (_lock)
        {
            var step = StepOf(attempt.Step);
            if (outcome != AttemptOutcome.Succeeded)
            {
                WriteReason(attempt, message ?? "");
                Write(attempt, TaskWords.Failed(outcome));
            }
            else if (step.IsTold(attempt.TaskId))
            {
                Write(attempt, "Task finished successfully.");
            }

            step.Finished(attempt.TaskId, outcome);
            WriteProgress(step);
        }
    }

    public void RunFinished(RunResult result)
    {
        _lines.Write(result.Status switch
        {
            RunStatus.Succeeded => "Done!",
            RunStatus.Interrupted => "Workflow interrupted.",
            _ => "Workflow failed.",
        });
        _lines.Flush();
    }

    public void Adopted(string originRunId, int tasks) => _lines.Write(TaskWords.Adopted(originRunId, tasks));

    public void Notice(string text) => _error.WriteLine(text);

    public async ValueTask DisposeAsync()
    {
        await _summary.DisposeAsync().ConfigureAwait(false);
        await _lines.DisposeAsync().ConfigureAwait(false);
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

    private void WriteProgress(StepProgress step)
    {
        if (step.TakeProgress() is { } progress)
        {
            _lines.Write($"[{_runId}/{step.Name}] {progress}");
        }
    }

    private void WriteSummary()
    {
        lock (_lock)
        {
            var running = _steps.Values.Where(step => step.Running > 0).ToList();
            var steps = running.Select(step => string.Create(CultureInfo.InvariantCulture, $"{step.Name} ({step.Running:N0} running; {step.Done:N0} done)"));
            var count = running.Sum(step => step.Running);
            _lines.Write(
                count == 0 ? "No task is running."
                : count == 1 ? $"1 task is running: {steps.First()}."
                : string.Create(CultureInfo.InvariantCulture, $"{count:N0} tasks are running: {string.Join(", ", steps)}."));
            if (_stepNames.Where(name => !_steps.TryGetValue(name, out var step) || step.IsUntouched).ToList() is { Count: > 0 } waiting)
            {
                _lines.Write($"Steps that have not started: {string.Join(", ", waiting)}.");
            }
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

    private void Write(in TaskAttempt attempt, string text) => _lines.Write(Head(attempt) + text);

    private string Head(in TaskAttempt attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"[{_runId}/{attempt.Step}/{attempt.TaskId} (pid {attempt.ProcessId})] ");
}
