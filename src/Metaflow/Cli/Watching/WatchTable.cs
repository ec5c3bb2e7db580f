using System.Globalization;
using Metaflow.Cli.Output;
using Metaflow.Client;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;

namespace Metaflow.Cli.Watching;

/// <summary>Runs as a table on a terminal that changes in place; those that go on with their steps.</summary>
internal sealed class WatchTable : IWatchView
{
    private static readonly TimeSpan LastPaintLimit = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly string _place;
    private readonly ManualResetEventSlim _ended = new();
    private readonly Thread _painter;
    private volatile IReadOnlyList<RunProgress>? _runs;

    /// <param name="console">The terminal.</param>
    /// <param name="time">The clock.</param>
    /// <param name="place">What is watched, for the title.</param>
    public WatchTable(ICliConsole console, TimeProvider time, string place)
    {
        (_time, _place) = (time, place);
        var screen = new LiveScreen(console, TakeFrame, _ended);
        _painter = new(screen.Run) { IsBackground = true, Name = "metaflow-display" };
        _painter.Start();
    }

    public void Show(IReadOnlyList<RunProgress> runs) => _runs = runs;

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

    /// <summary>The picture of some runs.</summary>
    internal LiveFrame Frame(IReadOnlyList<RunProgress>? runs)
    {
        var running = runs?.Count(run => run.Status == IndexStatus.Running) ?? 0;
        var title = runs is null ? $"{_place}: reading …"
            : runs.Count == 0 ? $"{_place}: no runs yet. They appear here by themselves; Ctrl-C ends this."
            : $"{_place}: {(running == 0 ? "no run goes on" : running == 1 ? "1 run goes on" : $"{LiveRow.Number(running)} runs go on")}. Ctrl-C ends this.";
        return new(title, [.. (runs ?? []).SelectMany(Rows)], []) { BeginsWithTheNewest = true };
    }

    private LiveFrame TakeFrame() => Frame(_runs);

    private IEnumerable<LiveRow> Rows(RunProgress run, int index)
    {
        yield return new(index, run.PathSpec, StateOf(run.Status), Tasks(run.Ended), Detail(run), run.Status == IndexStatus.Lost ? "" : Duration.Format((run.Finished ?? _time.GetUtcNow()) - run.Started));
        if (run.Status != IndexStatus.Running)
        {
            yield break;
        }

        for (var place = 0; place < run.Steps.Count; place++)
        {
            if (run.Steps[place] is { HasStarted: true } step)
            {
                yield return LiveRow.Of(place, step, Elapsed(step)) with { IsPart = true };
            }
        }
    }

    private string Elapsed(StepTally step) => step.FirstStartedMicros is not { } started ? ""
        : Duration.Format(TimeSpan.FromMicroseconds((step.IsOpen ? _time.GetUtcNow().ToUnixMicroseconds() : step.LastFinishedMicros ?? started) - started));

    private string Detail(RunProgress run)
    {
        var started = TimeZoneInfo.ConvertTime(run.Started, _time.LocalTimeZone);
        var isToday = started.Date == TimeZoneInfo.ConvertTime(_time.GetUtcNow(), _time.LocalTimeZone).Date;
        return string.Join(" · ", (string[])
        [
            run.Status,
            started.ToString(isToday ? "HH:mm:ss" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
            .. run.User.Length > 0 ? new[] { run.User } : [],
            .. run.Tags,
        ]);
    }

    private static string Tasks(long count) => count == 1 ? "1 task" : $"{LiveRow.Number(count)} tasks";

    private static StepState StateOf(string status) => status switch
    {
        IndexStatus.Running => StepState.Running,
        IndexStatus.Succeeded => StepState.Done,
        IndexStatus.Failed => StepState.Failed,
        _ => StepState.Stopped,
    };
}
