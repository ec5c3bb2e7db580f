using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Runtime.Replay;

/// <summary>Keeps a task that was tried as a run of its own, in a store apart from the runs that count.</summary>
internal static class ReplayKeeper
{
    /// <summary>Stores the task with everything that it can read.</summary>
    /// <param name="root">The store apart; created if it is missing.</param>
    /// <param name="replay">The task.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="parameters">The parameters of the task's run.</param>
    /// <param name="log">What it wrote.</param>
    /// <param name="started">When it began.</param>
    /// <param name="finished">When it ended.</param>
    /// <returns>The id of the run.</returns>
    public static string Keep(
        string root, TaskReplay replay, ReplayResult result, IReadOnlyList<StoredArtifact> parameters, IReadOnlyList<LogBlock> log,
        DateTimeOffset started, DateTimeOffset finished)
    {
        using var store = LocalStore.Open(root);
        var run = replay.Run;
        var folder = store.ClaimRun(run.FlowName, new RunClaim(run.FlowName, run.UserName, started, null, 0).Write());
        using var held = folder.TryLock(RunLocks.Scheduler, RunLocks.Holder(folder));
        using var writer = folder.OpenWriter();
        Copy(parameters);
        writer.Append(
            RecordKind.RunStarted, (run with { RunId = folder.RunId, Started = started }).Write(), new TaskData { Artifacts = parameters }.Write());

        var isSuccessful = result.Result.Outcome is AttemptOutcome.Succeeded or AttemptOutcome.Caught;
        var data = new TaskData { Artifacts = isSuccessful ? Copy([.. result.Artifacts.All]) : [], Next = isSuccessful ? result.Data.Next : null, Cards = result.Data.Cards };
        Copy([.. data.Contents.OfType<StoredArtifact>()]);
        var logs = log.Select(block => writer.Append(
            RecordKind.Log, LogBlock.Header(new(replay.Recorded.TaskId, replay.Recorded.Attempt, replay.Recorded.Step)), block.Bytes)).ToList();
        var body = data.Write();
        var attempt = replay.Recorded with
        {
            Outcome = result.Result.Outcome,
            StartedMicros = started.ToUnixMicroseconds(),
            FinishedMicros = finished.ToUnixMicroseconds(),
            ProcessId = Environment.ProcessId,
            Parent = default,
            ParentTask = 0,
            Stack = [.. replay.Recorded.Stack.Select(Copied)],
            Logs = logs,
            Error = result.Result.Error,
            DataLength = body.Length,
        };
        writer.Append(RecordKind.Attempt, attempt.Write(), body);
        writer.Append(
            RecordKind.RunFinished, new RunFinishedRecord(isSuccessful ? "succeeded" : "failed", finished, 1, result.Result.Error?.Message).Write(), []);
        writer.Commit();
        return folder.RunId;

        IReadOnlyList<StoredArtifact> Copy(IReadOnlyList<StoredArtifact> artifacts)
        {
            foreach (var artifact in artifacts)
            {
                if (BlobOf(artifact) is { } hash)
                {
                    using var content = replay.OpenBlob(hash);
                    store.Blobs.Put(content);
                }
            }

            return artifacts;
        }

        // The items of the splits around the task stay readable; the task that split does not come along.
        SplitLevel Copied(SplitLevel level)
        {
            if (!level.IsForEach || replay.Items(level) is not { } items)
            {
                return level with { SplitAt = default };
            }

            Copy([items]);
            var given = new TaskData { Next = new(TransitionKind.ForEach, [level.First], level.Count, items) };
            return level with { SplitAt = writer.Append(RecordKind.Given, [], given.Write()) };
        }
    }

    private static ContentHash? BlobOf(StoredArtifact artifact) =>
        artifact.Inline is not { } inline ? artifact.Hash
        : artifact.Encoding == IncludedFileContent.Encoding && IncludedFileContent.TryOpen(new(inline), null) is { Hash: { } file } ? file
        : null;
}
