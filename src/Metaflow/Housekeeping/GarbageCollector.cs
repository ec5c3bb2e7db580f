using System.Globalization;
using Metaflow.Metadata;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Sqlite;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Housekeeping;

/// <summary>
/// Removes runs that no rule keeps, and content that no run refers to. Safe beside runs that go on: those are always kept,
/// and so is content that was written a short while ago, because the record that refers to it may still be on its way.
/// </summary>
internal sealed class GarbageCollector(LocalStore store, TimeProvider time)
{
    /// <summary>How long content is kept that nothing refers to.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    /// <summary>The mark of a run that is kept whatever the rules say.</summary>
    public const string PinFile = "pinned";

    /// <summary>Decides what would go; changes nothing.</summary>
    /// <exception cref="CorruptDataException">A run cannot be read, so what it refers to is not known.</exception>
    public GarbagePlan Plan(RetentionRules rules, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var decisions = new List<RunDecision>();
        var kept = new List<RunFolder>();
        foreach (var runs in Runs().GroupBy(run => run.FlowName))
        {
            var rank = 0;
            foreach (var run in runs)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var reason = Keep(rules, run, rank++, now);
                decisions.Add(new(run.FlowName, run.RunId, reason is not null, reason ?? "no rule keeps it"));
                if (reason is not null)
                {
                    kept.Add(run);
                }
            }
        }

        var referenced = ReferencedBy(kept, cancellationToken);
        var (blobs, bytes, tooYoung) = Unreferenced(referenced, now, cancellationToken);
        return new(decisions, blobs, bytes, tooYoung);
    }

    /// <summary>Does what a plan says. A run's number is never given again.</summary>
    public void Execute(GarbagePlan plan, CancellationToken cancellationToken)
    {
        foreach (var run in plan.Runs.Where(run => !run.IsKept))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (store.RunExists(run.Flow, run.RunId))
            {
                Remove(run.Flow, run.RunId);
            }
        }

        RemoveRests(cancellationToken);

        // Runs that came since the plan was made may have taken over what only a removed run referred to.
        var kept = plan.Runs.Where(run => run.IsKept).Select(run => (run.Flow, run.RunId)).ToHashSet();
        var referenced = ReferencedBy(Runs().Where(run => !kept.Contains((run.FlowName, run.RunId))), cancellationToken);
        foreach (var hash in plan.Blobs.Where(hash => !referenced.Contains(hash)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            store.DiscardBlob(hash, time.GetUtcNow() - Grace);
        }
    }

    /// <summary>Removes one run from the store and its index. Content that it alone refers to goes with the next collection.</summary>
    /// <exception cref="MetaflowException">There is no such run, or it is being executed or resumed.</exception>
    public void Remove(string flow, string runId)
    {
        var folder = store.OpenRun(flow, runId);

        // Held until the run is gone, so that nobody begins to use it meanwhile.
        var held = new List<RunLock>();
        try
        {
            foreach (var purpose in RunLocks.All)
            {
                held.Add(folder.TryLock(purpose, RunLocks.Remover)
                    ?? throw new MetaflowException($"Run {folder} is in use by {folder.LockHolder(purpose) ?? "another process"}. End it first."));
            }

            var number = long.Parse(runId, CultureInfo.InvariantCulture);
            using var index = SqliteLibrary.IsAvailable ? StoreIndex.Open(store.Root, readOnly: false) : null;

            // Marked first: if this process dies, whoever lists the runs next finds out that it is gone.
            index?.Unsettle(flow, number);
            folder.Remove();
            index?.DeleteRun(flow, number);
        }
        finally
        {
            held.ForEach(taken => taken.Dispose());
        }
    }

    /// <summary>Marks a run as kept whatever the rules say, or takes the mark away.</summary>
    public void Pin(string flow, string runId, bool isPinned) => store.OpenRun(flow, runId).SetMark(PinFile, isPinned);

    private static HashSet<ContentHash> ReferencedBy(IEnumerable<RunFolder> runs, CancellationToken cancellationToken)
    {
        var referenced = new HashSet<ContentHash>();
        foreach (var run in runs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var reader = run.OpenReader();
            referenced.UnionWith(RunReferences.Of(reader).Select(reference => reference.Hash));
        }

        return referenced;
    }

    private IEnumerable<RunFolder> Runs() =>
        store.Flows().SelectMany(flow => store.RunIds(flow).Select(run => store.OpenRun(flow, run.ToString(CultureInfo.InvariantCulture))));

    /// <summary>Frees what removals left that died in between.</summary>
    private void RemoveRests(CancellationToken cancellationToken)
    {
        foreach (var rest in store.RemovedRuns())
        {
            cancellationToken.ThrowIfCancellationRequested();
            rest.RemoveRest();
        }
    }

    private string? Keep(RetentionRules rules, RunFolder run, int rank, DateTimeOffset now)
    {
        if (!rules.DeletesRuns)
        {
            return "no rule removes runs";
        }

        if (rules.Flows.Count > 0 && !rules.Flows.Contains(run.FlowName, StringComparer.Ordinal))
        {
            return "its flow is not named";
        }

        if (run.IsExecuted(time) || RunLocks.All.Any(purpose => run.LockHolder(purpose) is not null))
        {
            return "it is in use";
        }

        if (run.HasMark(PinFile))
        {
            return "it is pinned";
        }

        if (rank < rules.KeepLast)
        {
            return $"it is among the last {rules.KeepLast}";
        }

        var claim = run.Claim();
        if (rules.KeepYounger is { } age && now - claim.Started < age)
        {
            return "it is young enough";
        }

        if (rules.KeepTags.Count == 0)
        {
            return null;
        }

        return RunTags.Read(run).FirstOrDefault(rules.KeepTags.Contains) is { } tag ? $"it is tagged '{tag}'" : null;
    }

    private (IReadOnlyList<ContentHash> Blobs, long Bytes, int TooYoung) Unreferenced(
        HashSet<ContentHash> referenced, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (blobs, bytes, young) = (new List<ContentHash>(), 0L, 0);
        foreach (var hash in store.Blobs.List())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (referenced.Contains(hash))
            {
                continue;
            }

            if (store.BlobTouched(hash) is not { } touched)
            {
                continue;
            }

            if (now - touched < Grace)
            {
                young++;
                continue;
            }

            blobs.Add(hash);
            bytes += store.BlobSize(hash);
        }

        return (blobs, bytes, young);
    }
}
