using Metaflow.Cli.Output;
using Metaflow.Client;
using Metaflow.Metadata.Index;

namespace Metaflow.Cli.Watching;

/// <summary>Watches runs: looks at them again and again, and shows what it finds, until it is ended.</summary>
/// <param name="list">Lists the runs, newest first.</param>
/// <param name="time">The clock.</param>
internal sealed class RunWatch(Func<IEnumerable<RunReference>> list, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ProgressReader _reader = new();
    private readonly Dictionary<string, RunProgress> _ended = new(StringComparer.Ordinal);

    /// <summary>How the runs are shown: a table that changes in place, lines, or lines of JSON.</summary>
    public static IWatchView ViewFor(ICliConsole console, TimeProvider time, bool isColorful, bool isJson, string place) =>
        isJson ? new WatchJson(console.Out)
        : isColorful ? new WatchTable(console, time, place)
        : new WatchLines(console.Out, time);

    /// <summary>Watches until it is cancelled.</summary>
    public async Task FollowAsync(IWatchView view, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                view.Show([.. list().Select(Progress).OfType<RunProgress>()]);
                await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ended by who watches.
        }
    }

    /// <summary>How far a run is; <see langword="null"/> if it is gone or cannot be read.</summary>
    private RunProgress? Progress(RunReference run)
    {
        try
        {
            var row = run.Row;
            if (_ended.TryGetValue(run.PathSpec, out var before) && before.Started == row.Started && IndexStatus.IsFinal(row.Status))
            {
                return before with { Tags = row.Tags };
            }

            var progress = _reader.Read(run.Stored, row);
            if (IndexStatus.IsFinal(progress.Status) && IndexStatus.IsFinal(row.Status))
            {
                _ended[run.PathSpec] = progress;
            }

            return progress;
        }
        catch (MetaflowException)
        {
            // It was removed meanwhile, or is damaged, which a list of runs tells of.
            return null;
        }
    }
}
