using Metaflow.Definitions;
using Metaflow.Metadata.Records;
using Metaflow.Runtime;

namespace Metaflow.Cli.Output;

/// <summary>
/// Tells a run on a terminal: a table of the steps that changes in place, and above it what tasks print. Events are only
/// noted here; a thread of its own paints them, so a slow terminal never slows the run.
/// </summary>
internal sealed class LiveRunDisplay : IRunDisplay
{
    private static readonly TimeSpan LastPaintLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly LiveBoard _board;
    private readonly LineQueue _lines = new();
    private readonly ManualResetEventSlim _ended = new();
    private readonly HashSet<long> _explained = [];
    private readonly Thread _painter;

    public LiveRunDisplay(ICliConsole console, TimeProvider time, FlowDefinition definition)
    {
        _board = new(definition, time);
        var screen = new LiveScreen(console, TakeFrame, _ended);
        _painter = new(screen.Run) { IsBackground = true, Name = "metaflow-display" };
        _painter.Start();
    }

    public void RunStarting(string flowName, string runId)
    {
        lock (_lock)
        {
            _board.Start(runId);
        }
    }

    public void AttemptStarted(in TaskAttempt attempt)
    {
        lock (_lock)
        {
            _board.AttemptStarted(attempt);
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

            var kind = stream == LogStream.Error ? DisplayLineKind.Error : DisplayLineKind.Output;
            _lines.Add(new(kind, _board.IndexOf(attempt.Step), Head(attempt), line));
        }
    }

    public void Split(in TaskAttempt attempt, string target, int count)
    {
        lock (_lock)
        {
            _board.Expect(target, count);
        }
    }

    public void AttemptFinished(in TaskAttempt attempt, AttemptOutcome outcome, string? message)
    {
        lock (_lock)
        {
            _board.AttemptFinished(attempt, outcome);
            if (outcome != AttemptOutcome.Succeeded)
            {
                AddFailure(attempt, outcome, message ?? "");
            }
        }
    }

    public void RunFinished(RunResult result)
    {
        lock (_lock)
        {
            _board.Finish(result.Status);
        }
    }

    public void Adopted(string originRunId, int tasks) => Notice(TaskWords.Adopted(originRunId, tasks));

    public void Notice(string text)
    {
        lock (_lock)
        {
            _lines.Add(new(DisplayLineKind.Notice, Step: 0, "", text));
        }
    }

    public ValueTask DisposeAsync()
    {
        _ended.Set();

        // A terminal that has been stopped (Ctrl-S) must not keep the program from ending.
        if (_painter.Join(LastPaintLimit))
        {
            _ended.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static string Head(in TaskAttempt attempt) =>
        attempt.Label is null ? $"{attempt.Step}/{attempt.TaskId}" : $"{attempt.Step}/{attempt.TaskId} ({attempt.Label})";

    private void AddFailure(in TaskAttempt attempt, AttemptOutcome outcome, string message)
    {
        var step = _board.IndexOf(attempt.Step);
        var reason = _explained.Remove(attempt.TaskId) ? "" : message;
        foreach (var line in reason.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            _lines.Add(new(DisplayLineKind.Error, step, Head(attempt), line.TrimEnd('\r')));
        }

        _lines.Add(new(DisplayLineKind.Failure, step, Head(attempt), TaskWords.Failed(outcome)));
    }

    private LiveFrame TakeFrame()
    {
        lock (_lock)
        {
            return new(_board.Title, _board.Rows(), _lines.Take());
        }
    }
}
