using System.Text;
using Metaflow.Provenance;

namespace Metaflow.Client;

/// <summary>The sources of the program that executed a run, as they were when it began.</summary>
public sealed class RunCode
{
    private readonly StoredRun _run;
    private readonly ProvenanceRecord _record;

    internal RunCode(StoredRun run, ProvenanceRecord record)
    {
        _run = run;
        _record = record;
    }

    /// <summary>What the program was built from; <see cref="SourceKind.None"/> if that is not known, <see cref="Remarks"/> says why.</summary>
    public SourceKind Kind => _record.Kind;

    /// <summary>The file or project that is built, by its path in the snapshot; <see langword="null"/> if it is not known.</summary>
    public string? Entry => _record.Entry;

    /// <summary>The directory in which the sources were; paths begin there.</summary>
    public string? Root => _record.Root;

    /// <summary>When the sources were read, in UTC.</summary>
    public DateTimeOffset Taken => _record.Taken;

    /// <summary>The files, by path.</summary>
    public IReadOnlyList<SourceFile> Files => _record.Files;

    /// <summary>What is not in the snapshot, and why; empty if nothing is missing.</summary>
    public IReadOnlyList<string> Remarks => _record.Remarks;

    /// <summary>Projects that the program refers to and that are left out on purpose, by their paths.</summary>
    public IReadOnlyList<string> OutsideProjects => _record.Outside;

    /// <summary>The state of the git repository; <see langword="null"/> outside one.</summary>
    public GitState? Git => _record.Git;

    /// <summary>How the files differed from the commit, as <c>git diff</c> writes it; <see langword="null"/> if they did not.</summary>
    /// <exception cref="MetaflowException">It is damaged or missing.</exception>
    public string? ReadGitDifference()
    {
        if (_record.Git is not { DiffSize: > 0 } git)
        {
            return null;
        }

        using var content = new StreamReader(_run.OpenBlob(git.Diff), Encoding.UTF8);
        return content.ReadToEnd();
    }

    /// <summary>Opens a file; the caller disposes the stream.</summary>
    /// <param name="path">Its path in the snapshot.</param>
    /// <exception cref="ObjectNotFoundException">There is no such file.</exception>
    /// <exception cref="CorruptDataException">The file is damaged; also while reading.</exception>
    public Stream OpenRead(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var file = Files.FirstOrDefault(file => file.Path == path) ?? throw new ObjectNotFoundException(
            $"The sources of run {_run.PathSpec} have no file '{path}'.{NearestMatch.Hint(path, Files.Select(file => file.Path))}", _run.PathSpec);
        return _run.OpenBlob(file.Hash);
    }

    /// <summary>Reads a file as text.</summary>
    /// <param name="path">Its path in the snapshot.</param>
    /// <exception cref="ObjectNotFoundException">There is no such file.</exception>
    /// <exception cref="CorruptDataException">The file is damaged.</exception>
    public string ReadText(string path)
    {
        using var content = new StreamReader(OpenRead(path), Encoding.UTF8);
        return content.ReadToEnd();
    }

    /// <summary>Writes all files into a directory, which is created; nothing is written outside of it.</summary>
    /// <param name="directory">The directory; it is empty or not there.</param>
    /// <param name="cancellationToken">Ends the writing; what is written stays.</param>
    /// <exception cref="MetaflowException">The directory has something in it, the disk refuses, or a file is damaged.</exception>
    public void WriteTo(string directory, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var target = Path.GetFullPath(directory);
        try
        {
            if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
            {
                throw new MetaflowException($"'{target}' is not empty. Name a directory that is, or that is not there.");
            }

            Directory.CreateDirectory(target);
            foreach (var file in Files)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Write(target, file);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new MetaflowException($"The sources of run {_run.PathSpec} cannot be written to {target}: {fault.Message}", fault);
        }
    }

    private void Write(string target, SourceFile file)
    {
        // The path was checked when the record was read; the directory was empty, so nothing in it is a link.
        var path = Path.Join(target, SnapshotPath.Require(file.Path));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows() && file.IsExecutable)
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        }

        using var content = _run.OpenBlob(file.Hash);
        using var written = new FileStream(path, options);
        content.CopyTo(written);
    }
}
