using Metaflow.Client;
using Metaflow.Metadata.Live;
using Metaflow.Metadata.Records;

namespace Metaflow.Dashboard.Data;

/// <summary>The attempts of a run that are being executed.</summary>
internal static class RunningTasks
{
    /// <summary>Those that the run tells of.</summary>
    public static IReadOnlyList<Views.RunningTask> Of(StoredRun run) => [.. run.RunningAttempts().Select(Of)];

    public static Views.RunningTask Of(RunningAttempt attempt) => new()
    {
        Step = attempt.Step,
        Id = ObjectPath.Text(attempt.TaskId),
        Attempt = attempt.Attempt,
        Started = DashboardStore.Millis(attempt.StartedMicros),
        Label = attempt.Label,
    };

    /// <summary>An attempt that is being executed.</summary>
    public static RunningAttempt? Find(StoredRun run, string step, long task, int? attempt = null) => run.RunningAttempts()
        .FirstOrDefault(running => running.TaskId == task && running.Step == step && (attempt is null || running.Attempt == attempt));

    /// <summary>What an attempt that is being executed has printed so far.</summary>
    public static IReadOnlyList<LogLine> Log(StoredRun run, RunningAttempt attempt) =>
        [.. run.OpenLogs(attempt).Select(line => new LogLine(line.Time, line.IsError ? LogStream.Error : LogStream.Out, line.Text))];
}
