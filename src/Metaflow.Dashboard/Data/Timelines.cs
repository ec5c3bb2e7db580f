using Metaflow.Client;
using Metaflow.Dashboard.Views;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;

namespace Metaflow.Dashboard.Data;

/// <summary>When the steps of a run were executed: every attempt of a small step, the density of a large one.</summary>
internal sealed class Timelines(DashboardStore store)
{
    /// <summary>A step with at most so many attempts is shown attempt by attempt.</summary>
    private const int MostBars = 400;

    /// <summary>Bars of a foreach are named by their items if they are at most so many: each name is read from a record.</summary>
    private const int MostLabels = 150;

    /// <summary>The timeline of a run.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="id">The run.</param>
    /// <param name="from">The beginning of the range; <see langword="null"/>: of the run.</param>
    /// <param name="to">The end of the range; <see langword="null"/>: of the run, or now.</param>
    /// <param name="buckets">How many parts a density has.</param>
    public Timeline Of(string flow, string id, double? from, double? to, int buckets)
    {
        var (run, row) = store.Run(flow, id);
        var summaries = run.Ask(index => index.Steps(run.Flow, run.Number));
        var isFinal = IndexStatus.IsFinal(row.Status);
        var started = Math.Min(
            DashboardStore.Millis(row.Started.ToUnixMicroseconds()),
            summaries.Count == 0 ? double.MaxValue : DashboardStore.Millis(summaries.Min(step => step.FirstStartedMicros)));
        var begin = from ?? started;
        var end = Math.Max(begin + 0.001, to ?? End(row, summaries, isFinal));
        var isPending = false;
        var steps = new List<TimelineStep>();
        foreach (var summary in summaries)
        {
            var columns = store.Columns.Find(run, summary, isFinal);
            isPending |= columns is null;
            var step = Step(run, summary, columns, begin, end, buckets);
            steps.Add(step.Bars is null ? step : step with { Bars = [.. step.Bars.Concat(Retried(run, summary)).OrderBy(bar => bar.Started)] });
        }

        return new() { From = begin, To = end, Steps = steps, IsPending = isPending };
    }

    private double End(RunRow row, IReadOnlyList<StepSummary> steps, bool isFinal)
    {
        var last = steps.Count == 0 ? 0 : DashboardStore.Millis(steps.Max(step => step.LastFinishedMicros));
        return isFinal ? Math.Max(last, row.Finished is { } finished ? DashboardStore.Millis(finished.ToUnixMicroseconds()) : 0)
            : store.Status(row) == IndexStatus.Running ? Math.Max(last, store.Now) : last;
    }

    private static TimelineStep Step(StoredRun run, StepSummary summary, StepColumns? columns, double from, double to, int buckets)
    {
        var step = new TimelineStep
        {
            Name = summary.Name,
            Attempts = summary.Attempts,
            FirstStarted = DashboardStore.Millis(summary.FirstStartedMicros),
            LastFinished = DashboardStore.Millis(summary.LastFinishedMicros),
        };
        if (columns is null)
        {
            return step;
        }

        if (columns.Count <= MostBars)
        {
            return step with { Bars = Bars(run, [.. columns.ByStart.Select(place => columns.Row(summary.Name, place))]) };
        }

        var (density, failures) = Density(columns, from * 1000, to * 1000, buckets);
        return step with { Density = density, Failures = failures };
    }

    /// <summary>The attempts before the last ones, which the columns do not have.</summary>
    private static IReadOnlyList<TimelineBar> Retried(StoredRun run, StepSummary step) =>
        !step.Outcomes.ContainsKey((byte)AttemptOutcome.WillRetry) ? [] : Bars(run, run.Client.Index.AsItIs(index => index.Tasks(
            run.Flow, run.Number, new() { Step = step.Name, Outcome = (byte)AttemptOutcome.WillRetry, Limit = MostBars })));

    private static IReadOnlyList<TimelineBar> Bars(StoredRun run, IReadOnlyList<TaskRow> rows)
    {
        var items = rows.Count <= MostLabels && rows.Any(row => row.Index >= 0) ? TaskLists.Items(run, rows) : null;
        return [.. rows.Select((row, at) => new TimelineBar
        {
            Id = ObjectPath.Text(row.TaskId),
            Label = items?[at].Label,
            Attempt = row.Attempt,
            Outcome = Words.OfOutcome(row.Outcome),
            Started = DashboardStore.Millis(row.StartedMicros),
            Finished = DashboardStore.Millis(row.FinishedMicros),
        })];
    }

    /// <summary>The mean number of attempts that went on in each part of the range, from where they begin and end.</summary>
    private static (double[] Density, int[] Failures) Density(StepColumns columns, double from, double to, int buckets)
    {
        var width = (to - from) / buckets;

        // How much is added within a part, and how many go on from it through all later ones.
        var (inside, through) = (new double[buckets + 1], new double[buckets + 1]);
        var failures = new int[buckets];
        for (var at = 0; at < columns.Count; at++)
        {
            double begin = Math.Max(columns.Started[at], from), end = Math.Min(columns.Finished[at], to);
            if (columns.Outcomes[at] != (byte)AttemptOutcome.Succeeded && columns.Finished[at] >= from && columns.Finished[at] <= to)
            {
                failures[Math.Min(buckets - 1, (int)((columns.Finished[at] - from) / width))]++;
            }

            if (end < begin)
            {
                continue;
            }

            var (first, last) = (Math.Min(buckets - 1, (int)((begin - from) / width)), Math.Min(buckets - 1, (int)((end - from) / width)));
            if (first == last)
            {
                inside[first] += (end - begin) / width;
                continue;
            }

            inside[first] += ((from + ((first + 1) * width)) - begin) / width;
            inside[last] += (end - (from + (last * width))) / width;
            through[first + 1]++;
            through[last]--;
        }

        var density = new double[buckets];
        for (var (at, open) = (0, 0.0); at < buckets; at++)
        {
            open += through[at];
            density[at] = Math.Round(inside[at] + open, 3);
        }

        return (density, failures);
    }
}
