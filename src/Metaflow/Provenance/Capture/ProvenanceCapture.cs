using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Metaflow.Storage;

namespace Metaflow.Provenance.Capture;

/// <summary>
/// Keeps what produces a run, beside the run: it begins as soon as the run has an id and is durable before the run ends.
/// </summary>
internal sealed class ProvenanceCapture
{
    private const int FewFiles = 16;
    private const int Writers = 8;

    private readonly ProvenanceRequest _request;
    private readonly LocalStore _store;
    private readonly TimeProvider _time;
    private readonly List<string> _remarks = [];
    private readonly WatchList _watched = new();
    private bool _hasAllPackages;

    private ProvenanceCapture(ProvenanceRequest request, LocalStore store, TimeProvider time)
    {
        _request = request;
        _store = store;
        _time = time;
    }

    /// <summary>Keeps everything.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="store">Where the files go.</param>
    /// <param name="write">Makes the header and body of the record durable.</param>
    /// <param name="time">The clock.</param>
    /// <returns>What to tell the user; <see langword="null"/> if all went well.</returns>
    public static async Task<string?> RunAsync(ProvenanceRequest request, LocalStore store, Action<byte[], byte[]> write, TimeProvider time)
    {
        try
        {
            var cache = request.Source is null ? SnapshotCache.Of(store, request) : null;
            if (cache?.TryUse(time.GetUtcNow()) is var (knownHeader, knownBody))
            {
                write(knownHeader, knownBody);
                return null;
            }

            var capture = new ProvenanceCapture(request, store, time);
            var record = await capture.CaptureAsync().ConfigureAwait(false);
            var (header, body) = (ProvenanceJson.WriteHeader(record), ProvenanceJson.WriteBody(record));
            write(header, body);
            var blobs = record.Files.Select(file => file.Hash).Concat(record.Git is { DiffSize: > 0 } git ? [git.Diff] : []);
            cache?.Keep(header, body, blobs, capture._watched.ToLines(time.GetUtcNow()));
            return null;
        }
        catch (Exception fault)
        {
            // Whatever it is: a run does not fail because its sources are strange. Of files that are read side by side, one fault is enough.
            return $"What this run was made from could not be kept with it: {fault.GetBaseException().Message}";
        }
    }

    private async Task<ProvenanceRecord> CaptureAsync()
    {
        var source = _request.Source ?? ProgramSource.Detect();
        Watch(source);
        var taken = _time.GetUtcNow();
        var (packages, sdk) = Packages(source);
        var record = new ProvenanceRecord
        {
            Taken = taken,
            IsFromCode = _request.IsFromCode,
            HasAllPackages = _hasAllPackages,
            Environment = MachineProbe.Read(_request, source with { Sdk = source.Sdk ?? sdk }) with { Packages = packages },
        };
        if (_request.Scope == SnapshotScope.None)
        {
            _remarks.Add("Sources are not kept: METAFLOW_CODE_SNAPSHOT is 'none'.");
        }
        else if (source.Remark is { } unknown)
        {
            _remarks.Add(unknown);
        }
        else
        {
            record = await KeepSourcesAsync(record with { Kind = source.Kind }, source).ConfigureAwait(false);
        }

        return record with { Remarks = [.. _remarks.Distinct(StringComparer.Ordinal)] };
    }

    private async Task<ProvenanceRecord> KeepSourcesAsync(ProvenanceRecord record, ProgramSource source)
    {
        var closure = ProgramClosure.Of(source.Kind, source.File!, _request.Scope, _watched);
        WatchGit(closure.Repository);
        var git = closure.Repository is { } repository ? new GitProbe(repository, _time) : null;

        // Git works while files are read.
        var status = git?.StatusAsync([.. closure.Directories, .. closure.Files.Where(file => IsBelow(closure.Repository!, file))]);
        var walk = new SourceWalk(_request, closure, _store.Root, _watched);
        var paths = walk.Run();
        var root = Root(closure, paths);
        var files = Keep(root, paths);
        _remarks.AddRange(closure.Remarks);
        _remarks.AddRange(walk.Remarks);
        if (source.Built is { } built && Newer(root, files, built) is { Length: > 0 } newer)
        {
            _remarks.Add($"changed after the program was built: {newer}");
        }

        var (packages, hasAll) = WithProjects(record.Environment.Packages, closure, source.File!);
        record = record with
        {
            Environment = record.Environment with { Packages = packages },
            HasAllPackages = record.HasAllPackages && hasAll,
            Entry = SnapshotPath.TryMake(root, source.File!),
            Root = root,
            Files = files,
            Outside = [.. closure.Outside.Select(project => SnapshotPath.TryMake(root, project)).OfType<string>()],
        };
        if (git is null)
        {
            return record;
        }

        record = record with { Git = await ReadGitAsync(git, status!, closure.Repository!, root, files).ConfigureAwait(false) };
        _remarks.AddRange(git.Remarks);
        return record;
    }

    private void Watch(ProgramSource source)
    {
        foreach (var path in (string?[])[source.File, source.Assets, Environment.ProcessPath, source.Program])
        {
            if (!string.IsNullOrEmpty(path))
            {
                _watched.Add(path);
            }
        }
    }

    /// <summary>What git's answers depend on besides the files themselves.</summary>
    private void WatchGit(string? repository)
    {
        if (repository is null)
        {
            return;
        }

        var directory = Path.Join(repository, ".git");
        var head = Path.Join(directory, "HEAD");
        _watched.Add(directory, ["HEAD", "index", "packed-refs", "info/exclude"]);

        // In a worktree they are elsewhere.
        _watched.IsIncomplete |= !File.Exists(head);
        if (File.Exists(head) && File.ReadAllText(head).Trim() is var text && text.StartsWith("ref: ", StringComparison.Ordinal))
        {
            _watched.Add(Path.Join(directory, text["ref: ".Length..]));
        }
    }

    private (IReadOnlyList<PackageVersion> Packages, string? Sdk) Packages(ProgramSource source)
    {
        if (source.Assets is { } file && File.Exists(file) && Assets(file) is { } found)
        {
            _hasAllPackages = true;
            return found;
        }

        // Several names with ';' between them: the program's own comes first.
        var list = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string)?.Split(';')[0];
        if (list is { Length: > 0 } && File.Exists(list) && Read(() => PackageProbe.OfDependencies(list)) is { } packages)
        {
            _remarks.Add("Packages are those that the program needs to run; those that only its build needs are not known.");
            return (packages, null);
        }

        _remarks.Add("Packages are not known: there is neither NuGet's list nor one beside the program.");
        return ([], null);
    }

    private (IReadOnlyList<PackageVersion> Packages, string? Sdk)? Assets(string file) =>
        Read(() => ((IReadOnlyList<PackageVersion>, string?)?)PackageProbe.OfAssets(file));

    /// <summary>Reads a list of packages that somebody else has written.</summary>
    private T? Read<T>(Func<T?> read)
    {
        try
        {
            return read();
        }
        catch (Exception fault) when (fault is JsonException or InvalidDataException or InvalidOperationException or KeyNotFoundException or IOException or UnauthorizedAccessException)
        {
            _remarks.Add($"A list of packages cannot be read: {fault.Message}");
            return default;
        }
    }

    /// <summary>The packages with those that only the projects need that the program refers to: analyzers, tools.</summary>
    private (IReadOnlyList<PackageVersion> Packages, bool HasAll) WithProjects(IReadOnlyList<PackageVersion> own, ProgramClosure closure, string entry)
    {
        var all = new List<PackageVersion>(own);
        var hasAll = true;
        foreach (var (project, places) in closure.Assets.Where(assets => assets.Project != entry))
        {
            places.ForEach(_watched.Add);
            if (places.Find(File.Exists) is { } assets && Assets(assets) is var (packages, _))
            {
                all.AddRange(packages);
            }
            else
            {
                hasAll = false;
                _remarks.Add($"packages that only {Path.GetFileName(project)} needs are not known");
            }
        }

        return (PackageProbe.Sorted(all), hasAll);
    }

    /// <summary>The directory that all paths begin at: that of the repository, else the deepest one that holds everything.</summary>
    private static string Root(ProgramClosure closure, List<string> paths)
    {
        string? common = null;
        foreach (var path in paths.Concat(closure.Outside))
        {
            common ??= Path.GetDirectoryName(path)!;
            while (!IsBelow(common, path))
            {
                common = Path.GetDirectoryName(common) ?? "/";
            }
        }

        common ??= Path.GetTempPath();
        return closure.Repository is { } repository && (common == repository || IsBelow(repository, common)) ? repository : common;
    }

    private static bool IsBelow(string directory, string path) =>
        path.StartsWith(Path.EndsInDirectorySeparator(directory) ? directory : directory + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>Stores the files; those that are there already are only looked at.</summary>
    private SourceFile[] Keep(string root, List<string> paths)
    {
        var kept = new SourceFile?[paths.Count];
        Parallel.For(0, paths.Count, new() { MaxDegreeOfParallelism = paths.Count <= FewFiles ? 1 : Writers }, at => kept[at] = Keep(root, paths[at]));
        return [.. kept.OfType<SourceFile>().OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    private SourceFile? Keep(string root, string file)
    {
        if (SnapshotPath.TryMake(root, file) is not { } path)
        {
            Remark($"the name of {file} cannot be kept");
            return null;
        }

        byte[] content;
        try
        {
            content = File.ReadAllBytes(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Remark($"{path} cannot be read: {fault.Message}");
            return null;
        }

        var isExecutable = !OperatingSystem.IsWindows() && File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute);
        return new(path, content.Length, _store.Blobs.Put(new ReadOnlySequence<byte>(content)), isExecutable);
    }

    private void Remark(string text)
    {
        lock (_remarks)
        {
            _remarks.Add(text);
        }
    }

    private static string Newer(string root, SourceFile[] files, DateTime built)
    {
        const int Shown = 5;
        var newer = files.Where(file => file.Path.EndsWith(".cs", StringComparison.Ordinal) && File.GetLastWriteTimeUtc(Path.Join(root, file.Path)) > built)
            .Select(file => file.Path).Take(Shown + 1).ToList();
        return string.Join(", ", newer.Take(Shown)) + (newer.Count > Shown ? ", …" : "");
    }

    private async Task<GitState?> ReadGitAsync(GitProbe git, Task<GitStatus?> asked, string repository, string root, SourceFile[] files)
    {
        if (await asked.ConfigureAwait(false) is not { } status)
        {
            return null;
        }

        // Only of files that are in the snapshot: the others were left out for a reason.
        var known = files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        var tracked = Changed(status.Tracked);
        var state = new GitState
        {
            Commit = status.Commit, Branch = status.Branch,
            Changed = [.. tracked.Concat(Changed(status.Untracked)).Select(file => file.InSnapshot).Order(StringComparer.Ordinal)],
        };
        if (tracked.Count == 0 || status.Commit is null || await git.DiffAsync([.. tracked.Select(file => file.Path)]).ConfigureAwait(false) is not { Length: > 0 } diff)
        {
            return state;
        }

        return state with { DiffSize = diff.Length, Diff = _store.Blobs.Put(new ReadOnlySequence<byte>(diff)) };

        List<(string Path, string InSnapshot)> Changed(IEnumerable<string> paths) =>
        [
            .. from path in paths
               let file = Path.GetFullPath(path, repository)
               let inSnapshot = SnapshotPath.TryMake(root, file)
               where inSnapshot is not null && (known.Contains(inSnapshot) || !File.Exists(file))
               select (file, inSnapshot),
        ];
    }
}
