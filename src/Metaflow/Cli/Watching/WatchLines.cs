using System.Globalization;
using Metaflow.Cli.Output;
using Metaflow.Client;
using Metaflow.Metadata.Index;

namespace Metaflow.Cli.Watching;

/// <summary>Runs as stamped lines, for pipes and files: one for each run that is not as it was.</summary>
internal sealed class WatchLines(TextWriter writer, TimeProvider time) : IWatchView
{
    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);

    public void Show(IReadOnlyList<RunProgress> runs)
    {
        var now = TimeZoneInfo.ConvertTime(time.GetUtcNow(), time.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

        // What has begun first comes first, as everywhere in lines.
        foreach (var run in runs.Reverse())
        {
            var text = Text(run);
            if (_told.GetValueOrDefault(run.PathSpec) != text)
            {
                _told[run.PathSpec] = text;
                writer.WriteLine($"{now} [{run.PathSpec}] {text}");
            }
        }

        writer.Flush();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Text(RunProgress run) => run.Status switch
    {
        IndexStatus.Running when run.Steps.Any(step => step.HasStarted) =>
            $"running: {string.Join(", ", run.Steps.Where(step => step.HasStarted).Select(Text))}.",
        IndexStatus.Running => "running: no task has started.",
        IndexStatus.Lost => $"lost: its process was killed after {Tasks(run)}.",
        _ => $"{run.Status} after {Duration.Format((run.Finished ?? run.Started) - run.Started)}: {Tasks(run)}{Failed(run)}.",
    };

    private static string Text(StepTally step)
    {
        var row = LiveRow.Of(0, step, "");
        return row.Detail.Length == 0 ? $"{row.Name} {row.Progress}" : $"{row.Name} {row.Progress} ({row.Detail})";
    }

    private static string Tasks(RunProgress run) => run.Ended == 1 ? "1 task" : $"{LiveRow.Number(run.Ended)} tasks";

    private static string Failed(RunProgress run) => run.Steps.Sum(step => step.Failed) is > 0 and var failed ? $", {LiveRow.Number(failed)} failed" : "";
}
