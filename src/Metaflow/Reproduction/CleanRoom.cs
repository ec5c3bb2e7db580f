using Metaflow.Client;
using Metaflow.Provenance;
using Metaflow.Provenance.Capture;

namespace Metaflow.Reproduction;

/// <summary>The directory in which a run is reproduced: sources, packages, outputs and nothing else.</summary>
internal sealed class CleanRoom : IDisposable
{
    private readonly bool _isTemporary;

    private CleanRoom(string path, bool isTemporary)
    {
        Path = path;
        _isTemporary = isTemporary;
    }

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>The sources, laid out as they were.</summary>
    public string Sources => System.IO.Path.Join(Path, "source");

    /// <summary>The packages that may be used, and no others.</summary>
    public string Feed => System.IO.Path.Join(Path, "feed");

    /// <summary>The packages as NuGet extracts them.</summary>
    public string Packages => System.IO.Path.Join(Path, "packages");

    /// <summary>What the build makes.</summary>
    public string Artifacts => System.IO.Path.Join(Path, "artifacts");

    /// <summary>Where the program is started.</summary>
    public string Work => System.IO.Path.Join(Path, "work");

    /// <summary>All that was printed.</summary>
    public string Log => System.IO.Path.Join(Path, "log.txt");

    /// <summary>Creates the directory.</summary>
    /// <exception cref="MetaflowException">It has something in it, or the disk refuses.</exception>
    public static CleanRoom Create(string? directory)
    {
        try
        {
            var path = directory is null ? Directory.CreateTempSubdirectory("metaflow-reproduce-").FullName : System.IO.Path.GetFullPath(directory);
            if (directory is not null && Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
            {
                throw new MetaflowException($"'{path}' is not empty. Name a directory that is, or that is not there.");
            }

            var room = new CleanRoom(path, directory is null);
            foreach (var part in (string[])[room.Feed, room.Work])
            {
                Directory.CreateDirectory(part);
            }

            return room;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new MetaflowException($"The clean directory cannot be made: {fault.Message}", fault);
        }
    }

    /// <summary>Writes the sources, and those projects that are left out of the snapshot from where they are.</summary>
    public void RestoreSources(RunCode code, CancellationToken cancellationToken)
    {
        code.WriteTo(Sources, cancellationToken);
        foreach (var project in code.OutsideProjects)
        {
            CopyProject(code.Root!, project);
        }
    }

    public void Dispose()
    {
        if (_isTemporary)
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private void CopyProject(string root, string project)
    {
        var file = System.IO.Path.GetFullPath(project, root);
        var closure = ProgramClosure.Of(SourceKind.Project, file, SnapshotScope.All, new());
        var request = new ProvenanceRequest { Version = "", WorkingDirectory = root };
        foreach (var source in new SourceWalk(request, closure, null, new()).Run())
        {
            // What the snapshot has stays; what is not below its root cannot be laid out as it was.
            if (SnapshotPath.TryMake(root, source) is { } path && System.IO.Path.Join(Sources, path) is var target && !File.Exists(target))
            {
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
                File.Copy(source, target);
            }
        }
    }
}
