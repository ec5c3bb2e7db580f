using System.Globalization;
using Metaflow.Storage.Files;

namespace Metaflow.Storage;

/// <summary>The store in a directory of this machine: blobs by content, runs by flow and number.</summary>
internal sealed class LocalStore : IDisposable
{
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);

    private readonly LocalBackend _backend;
    private readonly bool _readOnly;

    private LocalStore(IFileSystem files, string root, bool readOnly, IBlobBackend? upper = null)
    {
        Files = files;
        Root = root;
        _readOnly = readOnly;
        _backend = new(files, root);
        Blobs = upper is null ? new(_backend, readOnly) : new(new LayeredBackend(upper, _backend), readOnly: false);
    }

    /// <summary>The directory, absolute.</summary>
    public string Root { get; }

    /// <summary>Content by its hash.</summary>
    public BlobStore Blobs { get; }

    /// <summary>The disk.</summary>
    internal IFileSystem Files { get; }

    /// <summary>Opens the store in a directory and creates what is missing.</summary>
    /// <exception cref="MetaflowException">The store has a newer format, or the disk refuses.</exception>
    public static LocalStore Open(string root) => Open(root, LocalFileSystem.Instance);

    /// <summary>Opens the store in a directory for reading. Nothing is ever written, not even a lock.</summary>
    /// <exception cref="MetaflowException">There is no store, or it has a newer format.</exception>
    public static LocalStore OpenReadOnly(string root) => OpenReadOnly(root, LocalFileSystem.Instance);

    /// <summary>Opens the store for reading; new content goes elsewhere, so that a task can be tried without a trace.</summary>
    /// <param name="root">The store's directory.</param>
    /// <param name="upper">Where new content goes.</param>
    /// <exception cref="MetaflowException">There is no store, or it has a newer format.</exception>
    public static LocalStore OpenReadOnly(string root, IBlobBackend upper) => OpenReadOnly(root, LocalFileSystem.Instance, upper);

    /// <summary>The nearest store directory at or above a directory; <see langword="null"/> when there is none.</summary>
    public static string? Find(string startDirectory)
    {
        for (var directory = Path.GetFullPath(startDirectory); directory is not null; directory = Path.GetDirectoryName(directory))
        {
            var candidate = Path.Join(directory, StoreLayout.Directory);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <inheritdoc cref="Open(string)"/>
    internal static LocalStore Open(string root, IFileSystem files)
    {
        root = Path.GetFullPath(root);
        var store = new LocalStore(files, root, readOnly: false);
        var marker = Path.Join(root, StoreLayout.MarkerFile);
        try
        {
            store._backend.Prepare();
            var content = StoreLayout.ReadSmallFile(files, marker);
            if (content is null)
            {
                store.RequireNew(marker);
                store._backend.SyncWay();
                store._backend.TryClaim(StoreLayout.MarkerFile, StoreMarker.Content);
                content = StoreLayout.ReadSmallFile(files, marker) ?? [];
            }
            else
            {
                store._backend.TrustRoot();
            }

            StoreMarker.Check(marker, content);
            BlobDiscard.Recover(files, root);
            files.DeleteAbandoned(Path.Join(root, StoreLayout.Temporary), AbandonedAfter);
            return store;
        }
        catch (IOException fault) when (StorageFaults.IsExisting(fault) && !files.DirectoryExists(root))
        {
            throw new MetaflowException($"{root} is not a directory, so it cannot be a store. Move it away, or name another directory.", fault);
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("use", root, fault);
        }
    }

    /// <inheritdoc cref="OpenReadOnly(string)"/>
    internal static LocalStore OpenReadOnly(string root, IFileSystem files, IBlobBackend? upper = null)
    {
        root = Path.GetFullPath(root);
        var marker = Path.Join(root, StoreLayout.MarkerFile);
        var content = StoreLayout.ReadSmallFile(files, marker)
            ?? throw new MetaflowException(
                $"There is no store at {root}: {StoreLayout.MarkerFile} is missing. Run a flow first, or name another directory.");
        StoreMarker.Check(marker, content);
        return new(files, root, readOnly: true, upper);
    }

    /// <summary>Takes the next number of a flow. No other process can get the same one, and it is durable on return.</summary>
    /// <param name="flowName">The flow's name.</param>
    /// <param name="claim">What to keep with the run, readable by <see cref="RunFolder.ReadClaim"/>.</param>
    public RunFolder ClaimRun(string flowName, ReadOnlyMemory<byte> claim)
    {
        RequireWritable();
        RequireFlowName(flowName);
        try
        {
            for (var number = Numbers(flowName).DefaultIfEmpty().Max() + 1; ; number++)
            {
                var runId = number.ToString(CultureInfo.InvariantCulture);
                if (_backend.TryClaim(ClaimKey(flowName, runId), claim.Span))
                {
                    return Folder(flowName, runId);
                }
            }
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("claim a run in", FlowPath(flowName), fault);
        }
    }

    /// <summary>Opens a run.</summary>
    /// <exception cref="MetaflowException">There is no such run.</exception>
    public RunFolder OpenRun(string flowName, string runId) =>
        RunExists(flowName, runId)
            ? Folder(flowName, runId)
            : throw new MetaflowException(
                $"There is no run {flowName}/{runId} in {Root}."
                + (StoreLayout.IsFlowName(flowName) && LatestRunId(flowName) is { } latest
                    ? $" The latest run of {flowName} is {latest}."
                    : $" No run of {flowName} is stored there."));

    /// <summary>Whether there is such a run.</summary>
    public bool RunExists(string flowName, string runId) =>
        StoreLayout.IsFlowName(flowName) && StoreLayout.TryParseRunId(runId, out _) && IsClaimed(flowName, runId);

    /// <summary>The flows that have runs, by name.</summary>
    public IEnumerable<string> Flows() =>
        Names(Path.Join(Root, StoreLayout.Runs)).Where(name => StoreLayout.IsFlowName(name) && LatestRunId(name) is not null)
            .Order(StringComparer.Ordinal);

    /// <summary>The numbers of a flow's runs, newest first.</summary>
    public IEnumerable<long> RunIds(string flowName)
    {
        RequireFlowName(flowName);
        return Numbers(flowName).OrderDescending()
            .Where(number => IsClaimed(flowName, number.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>
    /// The numbers that runs of a flow may have, in no order: much cheaper than <see cref="RunIds"/>, because only names are
    /// looked at.
    /// </summary>
    public IEnumerable<long> PossibleRunIds(string flowName)
    {
        RequireFlowName(flowName);
        return Numbers(flowName);
    }

    /// <summary>
    /// A number that changes whenever a run is added to a flow or its directory removed; <see langword="null"/> if the disk
    /// cannot tell, or the last change is too recent to tell it from the next.
    /// </summary>
    public long? FlowStamp(string flowName)
    {
        RequireFlowName(flowName);
        return Files.Stamp(FlowPath(flowName));
    }

    /// <summary>The flows that may have runs, in no order: much cheaper than <see cref="Flows"/>, because only names are looked at.</summary>
    public IEnumerable<string> PossibleFlows() => Names(Path.Join(Root, StoreLayout.Runs)).Where(StoreLayout.IsFlowName);

    /// <summary>The number of a flow's newest run.</summary>
    public long? LatestRunId(string flowName) => RunIds(flowName).Select(number => (long?)number).FirstOrDefault();

    /// <summary>Ends the use of the store. A local store keeps nothing open; stores elsewhere will.</summary>
    public void Dispose()
    {
    }

    /// <summary>Insists that the store was opened for writing.</summary>
    internal void RequireWritable()
    {
        if (_readOnly)
        {
            throw new InvalidOperationException($"The store at {Root} was opened for reading only.");
        }
    }

    /// <summary>The runs whose numbers are taken and that are not there: removed ones, and those whose claim was cut off or lost.</summary>
    internal IEnumerable<RunFolder> UnclaimedRuns() =>
        from flow in PossibleFlows()
        from number in Numbers(flow)
        let runId = number.ToString(CultureInfo.InvariantCulture)
        where !IsClaimed(flow, runId)
        select Folder(flow, runId);

    /// <summary>Every file under the root: its key, its bytes and when it was written. What goes meanwhile is left out.</summary>
    internal IEnumerable<(string Key, long Length, DateTimeOffset Written)> AllFiles() => AllFiles("");

    /// <summary>How many bytes a blob takes on disk; 0 when it is not there.</summary>
    internal long BlobSize(in ContentHash hash) => Guard("look at", BlobPath(hash), path =>
    {
        using var blob = Files.TryOpen(path);
        return blob?.Length ?? 0;
    });

    /// <summary>When a blob was last written or found to be there already; <see langword="null"/> when it is not there.</summary>
    internal DateTimeOffset? BlobTouched(in ContentHash hash) => Guard("look at", BlobPath(hash), path => Files.LastWritten(path));

    /// <summary>Deletes a blob that nobody refers to, unless somebody is about to: it was written or touched since a time.</summary>
    /// <returns>Whether it was deleted.</returns>
    internal bool DiscardBlob(in ContentHash hash, DateTimeOffset since)
    {
        RequireWritable();
        return Guard("delete", BlobPath(hash), path => BlobDiscard.TryDiscard(Files, Root, path, since));
    }

    /// <summary>Whether content is there that an older record refers to; a garbage collection leaves it alone from now on.</summary>
    internal bool RenewBlob(in ContentHash hash)
    {
        var blob = hash;
        return Guard("look at", BlobPath(hash), path =>
        {
            if (Files.LastWritten(path) is null)
            {
                return false;
            }

            Files.Touch(path);
            return Blobs.Contains(blob);
        });
    }

    private IEnumerable<(string Key, long Length, DateTimeOffset Written)> AllFiles(string prefix)
    {
        foreach (var name in Names(Path.Join(Root, prefix)))
        {
            var key = prefix + name;
            var path = Path.Join(Root, key);
            if (Files.DirectoryExists(path))
            {
                foreach (var inner in AllFiles(key + "/"))
                {
                    yield return inner;
                }
            }
            else if (Guard("look at", path, path =>
            {
                using var file = Files.TryOpen(path);
                return file is null ? default : (file.Length, Files.LastWritten(path));
            }) is (var length, { } written))
            {
                yield return (key, length, written);
            }
        }
    }

    private string BlobPath(in ContentHash hash) => Path.Join(Root, StoreLayout.BlobKey(hash));

    private static T Guard<T>(string doing, string path, Func<string, T> action)
    {
        try
        {
            return action(path);
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain(doing, path, fault);
        }
    }

    private static string ClaimKey(string flowName, string runId) =>
        $"{StoreLayout.Runs}/{flowName}/{runId}/{StoreLayout.ClaimFile}";

    private static void RequireFlowName(string flowName)
    {
        if (!StoreLayout.IsFlowName(flowName))
        {
            throw new MetaflowException(
                $"'{flowName}' cannot be the name of a flow: a flow has the name of its class, letters, digits and underscores.");
        }
    }

    /// <summary>Refuses to make a new store out of one that has lost its marker: its format would only be guessed.</summary>
    private void RequireNew(string marker)
    {
        if (Files.DirectoryExists(Path.Join(Root, StoreLayout.Blobs)) || Files.DirectoryExists(Path.Join(Root, StoreLayout.Runs)))
        {
            // Another process may have created the store since the marker was looked for.
            StoreMarker.Check(marker, StoreLayout.ReadSmallFile(Files, marker) ?? []);
        }
    }

    private RunFolder Folder(string flowName, string runId) =>
        new(this, flowName, runId, Path.Join(FlowPath(flowName), runId));

    private string FlowPath(string flowName) => Path.Join(Root, StoreLayout.Runs, flowName);

    private bool IsClaimed(string flowName, string runId)
    {
        return Guard("read", Path.Join(FlowPath(flowName), runId, StoreLayout.ClaimFile), path =>
        {
            using var claim = Files.TryOpen(path);
            return claim is not null;
        });
    }

    private IEnumerable<long> Numbers(string flowName) =>
        Names(FlowPath(flowName)).Select(name => StoreLayout.TryParseRunId(name, out var number) ? number : 0)
            .Where(number => number > 0);

    private List<string> Names(string directory) => Guard("list", directory, path => Files.Names(path).ToList());
}
