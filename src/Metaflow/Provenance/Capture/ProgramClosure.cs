namespace Metaflow.Provenance.Capture;

/// <summary>
/// Everything that a program is built from: its file or project, what that includes and refers to, and the files above it
/// that the build obeys.
/// </summary>
internal sealed class ProgramClosure
{
    /// <summary>More projects than this belong to no program.</summary>
    private const int MaximumProjects = 500;

    private static readonly string[] Nearest = ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"];

    private static readonly string[] Switches = ["Directory.Build.rsp", "MSBuild.rsp", "global.json"];

    /// <summary>Files that count at every level up to the root of the repository.</summary>
    private static readonly string[] EveryLevel = ["nuget.config", "NuGet.config", "NuGet.Config", ".editorconfig", ".globalconfig"];

    private readonly SnapshotScope _scope;
    private readonly Queue<string> _projects = new();
    private readonly HashSet<string> _visited = new(StringComparer.Ordinal);

    private readonly WatchList _watched;

    private ProgramClosure(SnapshotScope scope, WatchList watched)
    {
        _scope = scope;
        _watched = watched;
    }

    /// <summary>Directories of which everything belongs to the program that no rule leaves out.</summary>
    public List<string> Directories { get; } = [];

    /// <summary>Single files.</summary>
    public SortedSet<string> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Patterns of files, absolute.</summary>
    public List<string> Patterns { get; } = [];

    /// <summary>Projects that are left out on purpose.</summary>
    public SortedSet<string> Outside { get; } = new(StringComparer.Ordinal);

    /// <summary>Projects, and where NuGet's list of what was restored for them may be.</summary>
    public List<(string Project, List<string> Places)> Assets { get; } = [];

    /// <summary>What could not be followed.</summary>
    public List<string> Remarks { get; } = [];

    /// <summary>The root of the repository that the program is in.</summary>
    public string? Repository { get; private init; }

    /// <summary>Collects what belongs to a program.</summary>
    public static ProgramClosure Of(SourceKind kind, string file, SnapshotScope scope, WatchList watched)
    {
        var closure = new ProgramClosure(scope, watched) { Repository = FindRepository(Path.GetDirectoryName(file)!) };
        if (kind == SourceKind.File)
        {
            closure.AddProgram(file);
        }
        else
        {
            closure._projects.Enqueue(file);
        }

        while (closure._projects.TryDequeue(out var project) && closure._visited.Count < MaximumProjects)
        {
            if (closure._visited.Add(project))
            {
                closure.AddProject(project);
            }
        }

        return closure;
    }

    /// <summary>The directory with <c>.git</c> at or above a directory.</summary>
    public static string? FindRepository(string directory)
    {
        for (var at = directory; at is not null; at = Path.GetDirectoryName(at))
        {
            if (Path.Exists(Path.Join(at, ".git")))
            {
                return at;
            }
        }

        return null;
    }

    private void AddProgram(string file)
    {
        var directory = Path.GetDirectoryName(file)!;
        _watched.Add(file);
        var found = new ProjectFile(new(StringComparer.OrdinalIgnoreCase) { ["MSBuildProjectDirectory"] = directory });
        AddAround(found, directory);
        Files.Add(file);
        found.ReadDirectives(file);
        foreach (var name in (string[])["packages.lock.json", Path.GetFileNameWithoutExtension(file) + ".run.json"])
        {
            AddIfThere(Path.Join(directory, name));
        }

        var included = found.Included.ToList();
        for (var at = 0; at < included.Count; at++)
        {
            _watched.Add(included[at]);
            if (included[at].EndsWith(".cs", StringComparison.Ordinal) && File.Exists(included[at]) && Files.Add(included[at]))
            {
                // An included file may include more.
                var before = found.Included.Count;
                found.ReadDirectives(included[at]);
                included.AddRange(found.Included.Skip(before));
            }
        }

        Follow(found, isOwnDirectory: _ => false);
    }

    private void AddProject(string project)
    {
        _watched.Add(project);
        if (!File.Exists(project))
        {
            Remarks.Add($"the project {project} is not there");
            return;
        }

        var directory = Path.GetDirectoryName(project)!;
        var found = new ProjectFile(new(StringComparer.OrdinalIgnoreCase)
        {
            ["MSBuildProjectDirectory"] = directory, ["ProjectDir"] = directory + Path.DirectorySeparatorChar,
        });
        AddAround(found, directory);
        Directories.Add(directory);
        Files.Add(project);
        ReadFile(found, project);
        Assets.Add((project, found.AssetsPlaces(project)));
        Follow(found, file => file.StartsWith(directory + Path.DirectorySeparatorChar, StringComparison.Ordinal));
    }

    /// <summary>The files above that the build obeys.</summary>
    private void AddAround(ProjectFile found, string directory)
    {
        for (var at = directory; at is not null; at = Path.GetDirectoryName(at))
        {
            _watched.Add(at, Nearest.Concat(Switches).Concat(EveryLevel));
        }

        foreach (var name in Nearest)
        {
            if (ProjectFile.Above(directory, name) is { } file)
            {
                ReadFile(found, file);
            }
        }

        foreach (var name in Switches)
        {
            // One above the repository is the machine's, not the program's.
            if (ProjectFile.Above(directory, name) is { } file && (Repository is null || file.StartsWith(Repository, StringComparison.Ordinal)))
            {
                Files.Add(file);
            }
        }

        for (var at = directory; at is not null; at = Path.GetDirectoryName(at))
        {
            Array.ForEach(EveryLevel, name => AddIfThere(Path.Join(at, name)));

            if (at == Repository)
            {
                break;
            }
        }
    }

    private void ReadFile(ProjectFile found, string file)
    {
        _watched.Add(file);
        if (!Files.Add(file) && !file.EndsWith("proj", StringComparison.Ordinal) && !Nearest.Contains(Path.GetFileName(file)))
        {
            return;
        }

        var before = found.Imports.Count;
        found.ReadXml(file);
        foreach (var import in found.Imports.Skip(before).ToList())
        {
            if (!Files.Contains(import))
            {
                ReadFile(found, import);
            }
        }
    }

    private void Follow(ProjectFile found, Func<string, bool> isOwnDirectory)
    {
        Remarks.AddRange(found.Unresolved);
        foreach (var included in found.Included.Where(included => !isOwnDirectory(included)))
        {
            if (included.Contains('*', StringComparison.Ordinal))
            {
                Patterns.Add(included);
            }
            else
            {
                AddIfThere(included);
            }
        }

        foreach (var (project, isOutside) in found.Projects)
        {
            if (isOutside || _scope == SnapshotScope.Program)
            {
                Outside.Add(project);
            }
            else
            {
                _projects.Enqueue(project);
            }
        }
    }

    private void AddIfThere(string? file)
    {
        if (file is not null)
        {
            _watched.Add(file);
        }

        if (file is not null && File.Exists(file))
        {
            Files.Add(file);
        }
    }
}
