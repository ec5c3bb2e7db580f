using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Cli.Reading;

/// <summary>How following a log ended.</summary>
internal enum FollowEnd
{
    /// <summary>The task or the run came to its end.</summary>
    Ended,

    /// <summary>Nobody executes the run any more, and it has no end.</summary>
    Lost,
}

/// <summary>Gives the output of a run's tasks while they write it, from this process or another.</summary>
/// <param name="folder">The run.</param>
/// <param name="path">Which of its tasks.</param>
/// <param name="time">The clock.</param>
internal sealed class LogFollower(RunFolder folder, PathSpec path, TimeProvider time)
{
    /// <summary>How often the run is looked at. The runtime stores output half a second after it was written, at the latest.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private bool _isOver;

    /// <summary>Hands on the output that is there, and then what comes, until there will be no more.</summary>
    /// <param name="write">Takes the lines of one attempt.</param>
    /// <param name="cancellationToken">Ends the following.</param>
    public async Task<FollowEnd> RunAsync(Action<LogSource, IReadOnlyList<LogLine>> write, CancellationToken cancellationToken)
    {
        using var reader = folder.OpenReader();
        var tail = new SegmentTail(reader, folder.Claim().AdoptedSegments + 1);
        while (true)
        {
            // Asked first: what a run wrote before it ended is then seen for certain.
            var isExecuted = folder.IsExecuted(time);
            foreach (var record in tail.ReadNew())
            {
                Take(record, write);
            }

            if (_isOver || !isExecuted)
            {
                return _isOver ? FollowEnd.Ended : FollowEnd.Lost;
            }

            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Take(in StoredRecord record, Action<LogSource, IReadOnlyList<LogLine>> write)
    {
        switch (record.Kind)
        {
            case RecordKind.Log when record.ToLogSource() is var source && IsMeant(source.Step, source.TaskId):
                write(source, record.ToLogLines());
                break;
            case RecordKind.Attempt when path.TaskId is not null:
                var attempt = record.ToAttempt();
                _isOver |= IsMeant(attempt.Step, attempt.TaskId) && attempt.Outcome != AttemptOutcome.WillRetry;
                break;
            case RecordKind.RunFinished:
                _isOver = true;
                break;
        }
    }

    private bool IsMeant(string step, long taskId) =>
        (path.Step is null || path.Step == step) && (path.TaskId is null || path.TaskId == taskId);
}
