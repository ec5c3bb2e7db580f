using System.Globalization;
using System.Runtime.InteropServices;
using Metaflow.Storage;

namespace Metaflow.Housekeeping;

/// <summary>How much one thing in a store takes.</summary>
/// <param name="Name">The flow, the run, or the run and artifact.</param>
/// <param name="RecordBytes">Its records on disk; what it shares with a run that it resumes included.</param>
/// <param name="ContentBytes">The content that it refers to, each content once, before compression.</param>
/// <param name="OwnContentBytes">The part of it that nothing else of the same kind refers to.</param>
/// <param name="StoredBytes">What the content takes on disk.</param>
/// <param name="OwnStoredBytes">The part of it that nothing else of the same kind refers to: what removing this would free.</param>
internal sealed record UsageRow(
    string Name, long RecordBytes, long ContentBytes, long OwnContentBytes, long StoredBytes, long OwnStoredBytes);

/// <summary>What the files of a store take, each counted once.</summary>
/// <param name="RecordBytes">The files of runs.</param>
/// <param name="BlobBytes">All content.</param>
/// <param name="UnreferencedBytes">The part of it that no run refers to.</param>
/// <param name="OtherBytes">The index, what is being written, and what else is there.</param>
internal sealed record UsageTotals(long RecordBytes, long BlobBytes, long UnreferencedBytes, long OtherBytes)
{
    /// <summary>All of it.</summary>
    public long Bytes => RecordBytes + BlobBytes + OtherBytes;
}

/// <summary>Where a store's space goes.</summary>
/// <param name="Rows">Usage by flow, run or artifact, largest first.</param>
/// <param name="Totals">The store's files.</param>
/// <param name="Damaged">What could not be read, and so is not in the rows.</param>
internal sealed record UsageReport(IReadOnlyList<UsageRow> Rows, UsageTotals Totals, IReadOnlyList<StoreProblem> Damaged);

/// <summary>What usage is listed by.</summary>
internal enum UsageLevel
{
    Flow,
    Run,
    Artifact,
}

/// <summary>Tells where a store's space goes.</summary>
internal sealed class DiskUsage
{
    private readonly LocalStore _store;
    private readonly UsageLevel _level;
    private readonly Dictionary<string, Owner> _owners = new(StringComparer.Ordinal);
    private readonly Dictionary<ContentHash, Content> _contents = [];
    private readonly List<StoreProblem> _damaged = [];

    private DiskUsage(LocalStore store, UsageLevel level)
    {
        _store = store;
        _level = level;
    }

    /// <summary>Usage by flow, run or artifact.</summary>
    public static UsageReport Of(LocalStore store, UsageLevel level, CancellationToken cancellationToken)
    {
        var usage = new DiskUsage(store, level);
        foreach (var flow in store.Flows())
        {
            foreach (var number in store.RunIds(flow))
            {
                cancellationToken.ThrowIfCancellationRequested();
                usage.Add(store.OpenRun(flow, number.ToString(CultureInfo.InvariantCulture)));
            }
        }

        var totals = usage.Total(cancellationToken);
        return new([.. usage.Rows()], totals, usage._damaged);
    }

    private IEnumerable<UsageRow> Rows() => _owners
        .Select(owner => new UsageRow(
            owner.Key,
            owner.Value.Files.Sum(file => file.Length),
            owner.Value.Contents.Sum(hash => _contents[hash].Size),
            owner.Value.Contents.Where(IsAlone).Sum(hash => _contents[hash].Size),
            owner.Value.Contents.Sum(hash => _contents[hash].Stored),
            owner.Value.Contents.Where(IsAlone).Sum(hash => _contents[hash].Stored)))
        .OrderByDescending(row => row.RecordBytes + row.StoredBytes).ThenBy(row => row.Name, StringComparer.Ordinal);

    private bool IsAlone(ContentHash hash) => _contents[hash].Owners == 1;

    private void Add(RunFolder run)
    {
        var name = _level == UsageLevel.Flow ? run.FlowName : run.ToString();
        OwnerOf(name).Files.UnionWith(run.Files());
        using var reader = run.OpenReader();
        try
        {
            foreach (var reference in RunReferences.Of(reader))
            {
                ref var content = ref CollectionsMarshal.GetValueRefOrAddDefault(_contents, reference.Hash, out var exists);
                content.Size = reference.Size;
                if (!exists)
                {
                    content.Stored = _store.BlobSize(reference.Hash);
                }

                content.Owners += OwnerOf(_level == UsageLevel.Artifact ? $"{name} {reference.Name}" : name).Contents.Add(reference.Hash) ? 1 : 0;
            }
        }
        catch (CorruptDataException damage)
        {
            _damaged.Add(new(run.ToString(), damage.Message));
        }
    }

    private UsageTotals Total(CancellationToken cancellationToken)
    {
        // What a resumed run shares with its origin is one file with several names.
        var records = new HashSet<RunFile>();
        var (blobs, unreferenced, other) = (0L, 0L, 0L);
        foreach (var (key, length, written) in _store.AllFiles())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (StoreLayout.TryParseBlobKey(key, out var hash))
            {
                blobs += length;
                unreferenced += _contents.ContainsKey(hash) ? 0 : length;
            }
            else if (key.StartsWith(StoreLayout.Runs + "/", StringComparison.Ordinal))
            {
                records.Add(RunFile.IsShared(key) ? new(Path.GetFileName(key), length, written) : new(key, length, written));
            }
            else
            {
                other += length;
            }
        }

        return new(records.Sum(file => file.Length), blobs, unreferenced, other);
    }

    private Owner OwnerOf(string name)
    {
        ref var owner = ref CollectionsMarshal.GetValueRefOrAddDefault(_owners, name, out _);
        return owner ??= new([], []);
    }

    private record struct Content(long Size, long Stored, int Owners);

    private sealed record Owner(HashSet<RunFile> Files, HashSet<ContentHash> Contents);
}
