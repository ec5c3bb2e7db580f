using Metaflow.Storage.Files;

namespace Metaflow.Storage;

/// <summary>The directory of one run.</summary>
internal sealed class RunFolder
{
    private readonly LocalStore _store;

    internal RunFolder(LocalStore store, string flowName, string runId, string path)
    {
        _store = store;
        FlowName = flowName;
        RunId = runId;
        Path = path;
    }

    /// <summary>The flow's name.</summary>
    public string FlowName { get; }

    /// <summary>The run's number among the runs of its flow.</summary>
    public string RunId { get; }

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>What was stored when the run was claimed.</summary>
    public byte[] ReadClaim()
    {
        var path = System.IO.Path.Join(Path, StoreLayout.ClaimFile);
        return StoreLayout.ReadSmallFile(_store.Files, path) ?? throw CorruptDataException.Create(path, 0, "it is missing");
    }

    /// <summary>The names of the files in the directory.</summary>
    public IEnumerable<string> FileNames() => _store.Files.Names(Path);

    /// <summary>Reads a small file that is kept with the run; <see langword="null"/> when it is not there.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="limit">The most bytes that it can have.</param>
    /// <exception cref="CorruptDataException">It is larger.</exception>
    public byte[]? ReadFile(string name, long limit)
    {
        var path = System.IO.Path.Join(Path, name);
        try
        {
            using var file = _store.Files.TryOpen(path);
            if (file is null)
            {
                return null;
            }

            var length = file.Length;
            if (length > Math.Min(limit, Array.MaxLength))
            {
                throw CorruptDataException.Create(path, limit, $"it has {length} bytes, more than it can have");
            }

            var bytes = new byte[length];
            return bytes[..file.Read(bytes, 0)];
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("read", path, fault);
        }
    }

    /// <summary>Keeps a small file with the run, in place of one with the same name; durable on return.</summary>
    public void WriteFile(string name, ReadOnlySpan<byte> content)
    {
        _store.RequireWritable();
        var files = _store.Files;
        var (path, next) = (System.IO.Path.Join(Path, name), System.IO.Path.Join(Path, name + ".new"));
        try
        {
            files.Delete(next);
            using (var file = files.TryCreate(next) ?? throw new MetaflowException($"Somebody else writes '{path}' now. Try again."))
            {
                file.Write(content, 0);
                file.Sync();
            }

            files.Replace(next, path);
            files.SyncDirectory(Path);
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("write", path, fault);
        }
    }

    /// <summary>Opens the run for appending; several writers may be open at once, each has its own segment files.</summary>
    /// <param name="segmentLimit">The size in bytes at which a new segment file is begun.</param>
    public SegmentWriter OpenWriter(long segmentLimit = SegmentWriter.DefaultLimit)
    {
        _store.RequireWritable();
        return new(_store.Files, Path, segmentLimit);
    }

    /// <summary>Opens the run for reading, also while it is written.</summary>
    public SegmentReader OpenReader() => new(_store.Files, Path);

    /// <summary>Opens the run for replacing records where they stand.</summary>
    public RecordOverwriter OpenOverwriter()
    {
        _store.RequireWritable();
        return new(_store.Files, _store.Root, Path);
    }

    /// <summary>The number of the last segment; 0 if there is none.</summary>
    public int LastSegment => SegmentWriter.Segments(_store.Files, Path).LastOrDefault();

    /// <summary>How many bytes the file of a segment has; <see langword="null"/> when it is not there.</summary>
    public long? SegmentLength(int segment) => Guard("look at", SegmentFormat.FileName(segment), path =>
    {
        using var file = _store.Files.TryOpen(path);
        return file?.Length;
    });

    /// <summary>
    /// Takes over the segments of another run under the same numbers, so that addresses in them hold here too. They are
    /// shared, not copied, where the disk can do that, and stay when the other run is deleted.
    /// </summary>
    /// <param name="origin">A run that nobody writes to.</param>
    /// <param name="last">The last segment to take over.</param>
    public void AdoptSegments(RunFolder origin, int last)
    {
        _store.RequireWritable();
        var files = _store.Files;
        try
        {
            foreach (var name in SegmentWriter.Segments(files, origin.Path).Where(segment => segment <= last).Select(SegmentFormat.FileName))
            {
                files.Share(System.IO.Path.Join(origin.Path, name), System.IO.Path.Join(Path, name));
            }

            files.SyncDirectory(Path);
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("share the segments of", origin.Path, fault);
        }
    }

    /// <summary>Its files. A segment that it shares with another run has the same name, length and time there.</summary>
    public IReadOnlyList<RunFile> Files() => Guard("look at", StoreLayout.ClaimFile, _ => _store.Files.Names(Path).Select(name =>
    {
        var path = System.IO.Path.Join(Path, name);
        using var file = _store.Files.TryOpen(path);
        return new RunFile(RunFile.IsShared(name) ? name : path, file?.Length ?? 0, _store.Files.LastWritten(path) ?? default);
    }).ToList());

    /// <summary>Whether the run has a mark: an empty file of that name.</summary>
    public bool HasMark(string name) => Guard("look at", name, path =>
    {
        using var mark = _store.Files.TryOpen(path);
        return mark is not null;
    });

    /// <summary>Gives the run a mark or takes it away; durable on return.</summary>
    public void SetMark(string name, bool isSet)
    {
        _store.RequireWritable();
        Guard("mark", name, path =>
        {
            using var mark = isSet ? _store.Files.TryCreate(path) : null;
            _ = isSet || _store.Files.Delete(path);
            _store.Files.SyncDirectory(Path);
            return true;
        });
    }

    /// <summary>
    /// Removes all that the run has; its number stays taken. Its claim goes first, to another name: a run that is there is
    /// whole, what a crash leaves of one that is not is freed by <see cref="RemoveRest"/>, and a claim that was lost is known
    /// from one that was taken away.
    /// </summary>
    public void Remove()
    {
        _store.RequireWritable();
        Guard("remove", StoreLayout.ClaimFile, claim =>
        {
            _store.Files.Replace(claim, System.IO.Path.Join(Path, StoreLayout.RemovedFile));
            _store.Files.SyncDirectory(Path);
            return DeleteFiles();
        });
    }

    /// <summary>Removes what is left of a run that was removed in part.</summary>
    /// <returns>Whether anything was.</returns>
    public bool RemoveRest()
    {
        _store.RequireWritable();
        return HasMark(StoreLayout.RemovedFile) && !HasMark(StoreLayout.ClaimFile) && Guard("remove", StoreLayout.RemovedFile, _ => DeleteFiles());
    }

    /// <summary>Whether the run has records and no claim, and nobody removed it: damage.</summary>
    public bool HasLostClaim => LastSegment > 0 && !HasMark(StoreLayout.RemovedFile) && !HasMark(StoreLayout.ClaimFile);

    /// <summary>Takes the run for one process; <see langword="null"/> while another one has it. A dead process has nothing.</summary>
    /// <param name="purpose">What it is taken for; each purpose is taken on its own.</param>
    /// <param name="holder">Who takes it, for whoever is refused.</param>
    /// <param name="mayBeNameless">Whether it is taken also where a full disk leaves no room for the holder's name.</param>
    public RunLock? TryLock(string purpose, string holder, bool mayBeNameless = false)
    {
        _store.RequireWritable();
        return RunLock.TryTake(_store.Files, System.IO.Path.Join(Path, purpose), holder, mayBeNameless);
    }

    /// <summary>Who has taken the run for a purpose; <see langword="null"/> if nobody.</summary>
    public string? LockHolder(string purpose) => RunLock.Holder(_store.Files, System.IO.Path.Join(Path, purpose));

    /// <summary>The names of the run's files that are no segments: they are read by whoever knows them.</summary>
    public IReadOnlyList<string> LooseFiles()
    {
        try
        {
            return [.. _store.Files.Names(Path).Where(name => !name.EndsWith(SegmentFormat.FileExtension, StringComparison.Ordinal))];
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("list", Path, fault);
        }
    }

    /// <summary>Reads a loose file; <see langword="null"/> when it is not there.</summary>
    public byte[]? ReadLooseFile(string name) => StoreLayout.ReadSmallFile(_store.Files, System.IO.Path.Join(Path, name));

    /// <summary>Writes a loose file, all of it or nothing. A crash of the machine may lose it: nothing may depend on it.</summary>
    public void WriteLooseFile(string name, ReadOnlySpan<byte> content)
    {
        _store.RequireWritable();
        var temporary = System.IO.Path.Join(_store.Root, StoreLayout.Temporary, Guid.NewGuid().ToString("N"));
        try
        {
            using (var file = _store.Files.TryCreate(temporary, temporary: true)
                ?? throw new IOException($"{temporary} exists already."))
            {
                file.Write(content, 0);
            }

            _store.Files.Replace(temporary, System.IO.Path.Join(Path, name));
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("write", System.IO.Path.Join(Path, name), fault);
        }
    }

    /// <summary>Gives a loose file another name, replacing what has it; nothing happens when it is not there.</summary>
    public void RenameLooseFile(string from, string to)
    {
        var path = System.IO.Path.Join(Path, from);
        try
        {
            using (var file = _store.Files.TryOpen(path))
            {
                if (file is null)
                {
                    return;
                }
            }

            _store.Files.Replace(path, System.IO.Path.Join(Path, to));
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("rename", path, fault);
        }
    }

    /// <summary>Deletes a loose file; nothing happens when it is not there.</summary>
    public void DeleteLooseFile(string name)
    {
        var path = System.IO.Path.Join(Path, name);
        try
        {
            _store.Files.Delete(path);
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("delete", path, fault);
        }
    }

    /// <summary>Deletes all files; last the one that says that they are to go.</summary>
    private bool DeleteFiles()
    {
        var names = _store.Files.Names(Path).Where(name => name != StoreLayout.RemovedFile).Append(StoreLayout.RemovedFile).ToList();
        foreach (var path in names.Select(name => System.IO.Path.Join(Path, name)).Where(path => !_store.Files.DirectoryExists(path)))
        {
            _store.Files.Delete(path);
        }

        return true;
    }

    private T Guard<T>(string doing, string name, Func<string, T> action)
    {
        var path = System.IO.Path.Join(Path, name);
        try
        {
            return action(path);
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain(doing, path, fault);
        }
    }

    /// <summary>Who took the run last for a purpose and did not let it go in order, and when that process last gave a sign of life.</summary>
    public (string Holder, DateTimeOffset Beat)? LastBeat(string purpose) => RunLock.LastBeat(_store.Files, System.IO.Path.Join(Path, purpose));

    public override string ToString() => $"{FlowName}/{RunId}";
}

/// <summary>A file of a run; that of a segment, which runs may share, is the same for all that have it.</summary>
/// <param name="Name">The name of a segment; the path of any other file.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Written">When it was written.</param>
internal readonly record struct RunFile(string Name, long Length, DateTimeOffset Written)
{
    /// <summary>Whether runs share files of such a name.</summary>
    public static bool IsShared(string name) => name.EndsWith(SegmentFormat.FileExtension, StringComparison.Ordinal);
}
