using System.Globalization;
using Metaflow.Metadata;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Sqlite;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Housekeeping;

/// <summary>
/// Removes runs that no rule keeps, and content that no run refers to. Safe beside runs that go on: those are always kept,
/// and so is content that was written a short while ago or since the oldest of them began, because the record that refers
/// to it may still be on its way.
/// </summary>
internal sealed class GarbageCollector(LocalStore store, TimeProvider time)
{
    /// <summary>How long content is kept that nothing refers to.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    /// <summary>A file system's time may be behind the clock by so much.</summary>
    private static readonly TimeSpan ClockStep = TimeSpan.FromMinutes(1);

    private const string InUse = "it is in use";

    /// <summary>The mark of a run that is kept whatever the rules say.</summary>
    public const string PinFile = "pinned";

    /// <summary>Decides what would go; changes nothing.</summary>
    /// <exception cref="CorruptDataException">A run cannot be read, so what it refers to is not known.</exception>
    public GarbagePlan Plan(RetentionRules rules, CancellationToken cancellationToken)
    {
        // Before anything is read: what is written from now on is younger than this.
        var now = time.GetUtcNow();
        var since = now - rules.Grace;
        var decisions = new List<RunDecision>();
        var kept = new List<RunFolder>();
        foreach (var runs in Runs().GroupBy(run => run.FlowName))
        {
            var rank = 0;
            foreach (var run in runs)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (run.IsExecuted(time) && Known(run, run.Claim).Started - ClockStep is var begun && begun < since)
                {
                    since = begun;
                }

                var reason = Keep(rules, run, rank++, now);
                decisions.Add(new(run.FlowName, run.RunId, reason is not null, reason ?? "no rule keeps it"));
                if (reason is not null)
                {
                    kept.Add(run);
                }
            }
        }

        var referenced = ReferencedBy(kept.Concat(LostRuns()), cancellationToken);
        var (blobs, bytes, tooYoung) = Unreferenced(referenced, since, cancellationToken);
        return new(decisions, blobs, bytes, tooYoung, since, rules);
    }

    /// <summary>Does what a plan says, as far as it still may be done. A run's number is never given again.</summary>
    /// <returns>What was done.</returns>
    public GarbagePlan Execute(GarbagePlan plan, CancellationToken cancellationToken)
    {
        var unlisted = new List<RunFolder>();
        var runs = plan.Runs.Select(run =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return run.IsKept || TryRemove(run, plan.Rules, unlisted) is not { } reason ? run : run with { IsKept = true, Reason = reason };
        }).ToList();
        RemoveRests(cancellationToken);

        // Runs that came since the plan was made may have taken over what only a removed run referred to.
        var kept = plan.Runs.Where(run => run.IsKept).Select(run => (run.Flow, run.RunId)).ToHashSet();
        var referenced = ReferencedBy(Runs().Where(run => !kept.Contains((run.FlowName, run.RunId))).Concat(LostRuns()), cancellationToken);
        var (gone, bytes) = (new List<ContentHash>(), 0L);
        foreach (var hash in plan.Blobs.Where(hash => !referenced.Contains(hash)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var size = store.BlobSize(hash);
            if (store.DiscardBlob(hash, plan.Since))
            {
                gone.Add(hash);
                bytes += size;
            }
        }

        Forget(unlisted);
        return plan with { Runs = runs, Blobs = gone, Bytes = bytes };
    }

    /// <summary>Removes one run from the store and its index. Content that it alone refers to goes with the next collection.</summary>
    /// <exception cref="MetaflowException">There is no such run, or it is being executed or resumed.</exception>
    public void Remove(string flow, string runId)
    {
        var folder = store.OpenRun(flow, runId);
        using var taken = HeldRun.TryTake(folder, out var holder)
            ?? throw new MetaflowException($"Run {folder} is in use by {holder ?? "another process"}. End it first.");
        if (!RemoveTaken(folder))
        {
            Forget([folder]);
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
            Known(run, () =>
            {
                RunSeal.Require(run, reader);
                referenced.UnionWith(RunReferences.Of(reader).Select(reference => reference.Hash));
                return true;
            });
        }

        return referenced;
    }

    /// <summary>Reads what must be known of a run before anything may go.</summary>
    private static T Known<T>(RunFolder run, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CorruptDataException damage)
        {
            throw new CorruptDataException(
                $"Run {run} is damaged, so it is not known what may go, and nothing does: {damage.Message} Or remove the run: metaflow rm {run}",
                damage.File,
                damage.Offset);
        }
    }

    /// <summary>Removes a run unless it has come into use since it was decided about, or is kept by a pin or tag that has come since.</summary>
    /// <param name="run">The run.</param>
    /// <param name="rules">What was to be kept.</param>
    /// <param name="unlisted">Receives a run that is gone while the index does not know.</param>
    /// <returns>Why it stays; <see langword="null"/> if it went.</returns>
    private string? TryRemove(RunDecision run, RetentionRules rules, List<RunFolder> unlisted)
    {
        if (!store.RunExists(run.Flow, run.RunId))
        {
            return null;
        }

        var folder = store.OpenRun(run.Flow, run.RunId);
        using var taken = HeldRun.TryTake(folder, out _);
        if (taken is null)
        {
            return InUse;
        }

        if (KeptByMark(rules, folder) is { } reason)
        {
            return reason;
        }

        if (!RemoveTaken(folder))
        {
            unlisted.Add(folder);
        }

        return null;
    }

    /// <returns>Whether the index knows that the run is gone.</returns>
    private bool RemoveTaken(RunFolder folder)
    {
        // Marked first: if this process dies, whoever lists the runs next finds out that it is gone.
        using var index = OpenIndex();
        Change(index, index => index.Unsettle(folder.FlowName, Number(folder)));
        folder.Remove();
        return Change(index, index => index.DeleteRun(folder.FlowName, Number(folder)));
    }

    private StoreIndex? OpenIndex() => SqliteLibrary.IsAvailable ? StoreIndex.Open(store.Root, readOnly: false) : null;

    /// <summary>Changes the index, if that can be done: on a full disk there may be room only when runs and content are gone.</summary>
    /// <returns>Whether it was done, or there is no index.</returns>
    private static bool Change(StoreIndex? index, Action<StoreIndex> change)
    {
        if (index is null)
        {
            return true;
        }

        try
        {
            change(index);
            return index.IsPersistent;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    /// <summary>Takes runs out of the index that could not be taken out when they were removed.</summary>
    private void Forget(List<RunFolder> removed)
    {
        using var index = removed.Count > 0 ? OpenIndex() : null;
        if (!Change(index, index => removed.ForEach(run => index.DeleteRun(run.FlowName, Number(run)))))
        {
            throw new MetaflowException(
                $"{string.Join(", ", removed.Take(3))}{(removed.Count > 3 ? ", …" : "")} removed, but the index cannot be written and still lists what is gone. "
                + "Once it can be: metaflow index rebuild");
        }
    }

    private static long Number(RunFolder folder) => long.Parse(folder.RunId, CultureInfo.InvariantCulture);

    /// <summary>Runs whose claim was lost: nobody sees them, and what they refer to is still theirs.</summary>
    private IEnumerable<RunFolder> LostRuns() => store.UnclaimedRuns().Where(run => run.HasLostClaim);

    private IEnumerable<RunFolder> Runs() =>
        store.Flows().SelectMany(flow => store.RunIds(flow).Select(run => store.OpenRun(flow, run.ToString(CultureInfo.InvariantCulture))));

    /// <summary>Frees what removals left that died in between.</summary>
    private void RemoveRests(CancellationToken cancellationToken)
    {
        foreach (var rest in store.UnclaimedRuns())
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
            return InUse;
        }

        if (rank < rules.KeepLast)
        {
            return $"it is among the last {rules.KeepLast}";
        }

        var claim = Known(run, run.Claim);
        if (rules.KeepYounger is { } age && now - claim.Started < age)
        {
            return "it is young enough";
        }

        return KeptByMark(rules, run);
    }

    /// <summary>What people have said about one run, which they may do at any time.</summary>
    private static string? KeptByMark(RetentionRules rules, RunFolder run) =>
        run.HasMark(PinFile) ? "it is pinned"
        : rules.KeepTags.Count > 0 && RunTags.Read(run).FirstOrDefault(rules.KeepTags.Contains) is { } tag ? $"it is tagged '{tag}'"
        : null;

    private (IReadOnlyList<ContentHash> Blobs, long Bytes, int TooYoung) Unreferenced(
        HashSet<ContentHash> referenced, DateTimeOffset since, CancellationToken cancellationToken)
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

            if (touched >= since)
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
