using System.Collections.Concurrent;
using Metaflow.Graph;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Live;
using Metaflow.Metadata.Records;

namespace Metaflow.Client;

/// <summary>Reads how far runs are, and keeps what cannot change. Safe for several threads.</summary>
internal sealed class ProgressReader
{
    private const int KeptExpectations = 10_000;

    private readonly ConcurrentDictionary<(string Flow, long Run, string Step), long?> _expected = new();

    /// <summary>The state of a run: one without an end that nobody executes is lost.</summary>
    public static string StatusOf(StoredRun run, RunRow row)
    {
        if (row.Status != IndexStatus.Running || run.Executor is not null)
        {
            return row.Status;
        }

        // It may have ended in order between the two looks.
        return run.FindRow()?.Status is { } now && now != IndexStatus.Running ? now : IndexStatus.Lost;
    }

    /// <summary>How far a run is.</summary>
    /// <param name="run">The run.</param>
    /// <param name="row">Its row, up to date.</param>
    public RunProgress Read(StoredRun run, RunRow row)
    {
        var status = StatusOf(run, row);
        var running = status == IndexStatus.Running ? run.RunningAttempts() : [];
        var summaries = run.Ask(index => index.Steps(run.Flow, run.Number)).ToDictionary(step => step.Name, StringComparer.Ordinal);
        var names = run.Graph.InOrder.Select(step => step.Name).Concat(summaries.Keys).Distinct(StringComparer.Ordinal);
        return new()
        {
            Flow = run.Flow,
            RunId = run.Number,
            Status = status,
            User = row.User,
            Tags = row.Tags,
            Started = row.Started,
            Finished = row.Finished,
            Steps = [.. names.Select(name => Step(run, name, summaries.GetValueOrDefault(name), running, status))],
            Running = running,
        };
    }

    private StepTally Step(StoredRun run, string name, StepSummary? summary, IReadOnlyList<RunningAttempt> running, string status)
    {
        var executing = running.Where(attempt => attempt.Step == name).ToList();
        return new()
        {
            Name = name,
            HasStarted = summary is not null || executing.Count > 0,
            Succeeded = Count(AttemptOutcome.Succeeded),
            Failed = Count(AttemptOutcome.Failed),
            Caught = Count(AttemptOutcome.Caught),
            Retried = Count(AttemptOutcome.WillRetry),
            Running = executing.Count,
            Expected = summary is null ? null : Expected(run, name),
            FirstStartedMicros = summary?.FirstStartedMicros ?? (executing.Count > 0 ? executing.Min(attempt => attempt.StartedMicros) : null),
            LastFinishedMicros = summary?.LastFinishedMicros,
            IsOver = status != IndexStatus.Running,
            IsCutShort = status is not (IndexStatus.Running or IndexStatus.Succeeded),
        };

        long Count(AttemptOutcome outcome) => summary?.Outcomes.GetValueOrDefault((byte)outcome) ?? 0;
    }

    private long? Expected(StoredRun run, string step)
    {
        if (_expected.Count > KeptExpectations)
        {
            _expected.Clear();
        }

        return _expected.GetOrAdd((run.Flow, run.Number, step), key => ReadExpected(run, key.Step));
    }

    /// <summary>How many tasks a step has in the end, as its first task tells: known outside a foreach and inside a single one.</summary>
    private static long? ReadExpected(StoredRun run, string step)
    {
        var first = run.Client.Index.AsItIs(index => index.Tasks(run.Flow, run.Number, new() { Step = step, Limit = 1 }));

        // A step that leads back to itself runs as often as it likes.
        if (first is not [var row, ..] || run.Graph.Find(step) is not { } node || node.Targets.Contains(step))
        {
            return null;
        }

        var levels = run.Attempt(row).Stack.Where(level => level.IsForEach).ToList();
        return levels.Count switch
        {
            0 => 1,
            1 when !MayBeLeftOut(run.Graph, node) => levels[0].Count,
            _ => null,
        };
    }

    /// <summary>Whether a conditional beside the step may lead some items of the foreach past it.</summary>
    private static bool MayBeLeftOut(FlowGraph graph, StepNode step)
    {
        var around = graph.SplitParents(step.Name);
        return graph.InOrder.Any(other => other.IsSwitch && other.Name != step.Name && graph.SplitParents(other.Name).SequenceEqual(around));
    }
}
