using System.Globalization;
using Metaflow.Metadata;
using Metaflow.Metadata.Index;
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
        var referenced = new HashSet<ContentHash>();
        foreach (var flow in store.Flows())
        {
            var rank = 0;
            foreach (var run in store.RunIds(flow))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var folder = store.OpenRun(flow, run.ToString(CultureInfo.InvariantCulture));
                var reason = Keep(rules, folder, rank++, now);
                decisions.Add(new(flow, folder.RunId, reason is not null, reason ?? "no rule keeps it"));
                if (reason is not null)
                {
                    using var reader = folder.OpenReader();
                    referenced.UnionWith(RunReferences.Of(reader).Select(reference => reference.Hash));
                }
            }
        }

        var (blobs, bytes, tooYoung) = Unreferenced(referenced, now, cancellationToken);
        return new(decisions, blobs, bytes, tooYoung);
    }

    /// <summary>Does what a plan says. A run's number is never given again.</summary>
    public void Execute(GarbagePlan plan, CancellationToken cancellationToken)
    {
        foreach (var run in plan.Runs.Where(run => !run.IsKept))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Remove(run.Flow, run.RunId);
        }

        foreach (var hash in plan.Blobs)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // Written again since the plan was made: somebody is about to refer to it.
            if (File.GetLastWriteTimeUtc(PathOf(hash)) < (time.GetUtcNow() - Grace).UtcDateTime)
            {
                File.Delete(PathOf(hash));
            }
        }
    }

    /// <summary>Removes one run from the store and its index. Content that it alone refers to goes with the next collection.</summary>
    /// <exception cref="MetaflowException">There is no such run, or it is being executed or resumed.</exception>
    public void Remove(string flow, string runId)
    {
        var folder = store.OpenRun(flow, runId);
        foreach (var purpose in (string[])[RunLocks.Scheduler, RunLocks.Resume])
        {
            if (folder.LockHolder(purpose) is { } holder)
            {
                throw new MetaflowException($"Run {folder} is in use by {holder}. End it first.");
            }
        }

        // Without its claim the run does not exist any more; what a crash leaves behind is only space.
        File.Delete(Path.Join(folder.Path, StoreLayout.ClaimFile));
        foreach (var file in Directory.EnumerateFiles(folder.Path))
        {
            File.Delete(file);
        }

        if (SqliteAvailable())
        {
            using var index = StoreIndex.Open(store.Root, readOnly: false);
            index.DeleteRun(flow, long.Parse(runId, CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Marks a run as kept whatever the rules say, or takes the mark away.</summary>
    public void Pin(string flow, string runId, bool isPinned)
    {
        var path = Path.Join(store.OpenRun(flow, runId).Path, PinFile);
        if (isPinned)
        {
            File.WriteAllText(path, "");
        }
        else
        {
            File.Delete(path);
        }
    }

    private static bool SqliteAvailable() => Metadata.Sqlite.SqliteLibrary.IsAvailable;

    private static string? Keep(RetentionRules rules, RunFolder run, int rank, DateTimeOffset now)
    {
        if (!rules.DeletesRuns)
        {
            return "no rule removes runs";
        }

        if (rules.Flows.Count > 0 && !rules.Flows.Contains(run.FlowName, StringComparer.Ordinal))
        {
            return "its flow is not named";
        }

        if (run.LockHolder(RunLocks.Scheduler) is not null || run.LockHolder(RunLocks.Resume) is not null)
        {
            return "it is in use";
        }

        if (File.Exists(Path.Join(run.Path, PinFile)))
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

            var file = new FileInfo(PathOf(hash));
            if (now - file.LastWriteTimeUtc < Grace)
            {
                young++;
                continue;
            }

            blobs.Add(hash);
            bytes += file.Length;
        }

        return (blobs, bytes, young);
    }

    private string PathOf(ContentHash hash) => Path.Join(store.Root, StoreLayout.BlobKey(hash));
}
