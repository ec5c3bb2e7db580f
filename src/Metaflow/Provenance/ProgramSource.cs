using System.Reflection;

namespace Metaflow.Provenance;

/// <summary>What a program was built from, as far as it is on this machine.</summary>
/// <param name="Kind">A file, a project, or unknown.</param>
/// <param name="File">The file or project.</param>
/// <param name="Assets">NuGet's list of what was restored for it.</param>
/// <param name="Sdk">The version of the SDK that built it.</param>
/// <param name="Configuration">The configuration in which it was built.</param>
/// <param name="Remark">Why the sources are not known.</param>
internal sealed record ProgramSource(SourceKind Kind, string? File, string? Assets, string? Sdk, string? Configuration, string? Remark)
{
    private const int MaximumLevels = 8;

    /// <summary>The program's assembly.</summary>
    public string? Program { get; init; }

    /// <summary>When the program was built, if it is known.</summary>
    public DateTime? Built { get; init; }

    /// <summary>Finds out what this program was built from.</summary>
    public static ProgramSource Detect()
    {
        var assembly = Assembly.GetEntryAssembly();
        var facts = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var fact in assembly?.GetCustomAttributes<AssemblyMetadataAttribute>() ?? [])
        {
            facts[fact.Key] = fact.Value;
        }

        return Detect(
            AppContext.GetData("EntryPointFilePath") as string, facts, AppContext.BaseDirectory, assembly?.GetName().Name,
            assembly?.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration) with
        {
            Program = assembly?.Location,
            Built = assembly?.Location is { Length: > 0 } program ? System.IO.File.GetLastWriteTimeUtc(program) : null,
        };
    }

    /// <param name="entryFile">The file of a file-based program, which the SDK records.</param>
    /// <param name="facts">What the build has written into the program; see build/Metaflow.targets.</param>
    /// <param name="directory">Where the program is.</param>
    /// <param name="name">The program's name.</param>
    /// <param name="configuration">The configuration in which it was built.</param>
    internal static ProgramSource Detect(
        string? entryFile, IReadOnlyDictionary<string, string?> facts, string directory, string? name, string? configuration)
    {
        var sdk = facts.GetValueOrDefault("Metaflow.Sdk");
        var assets = facts.GetValueOrDefault("Metaflow.Assets");
        if (!string.IsNullOrEmpty(entryFile))
        {
            // bin/debug and obj are beside each other in the directory that the SDK keeps for the file.
            assets ??= Path.GetFullPath(Path.Join(directory, "..", "..", "obj", "project.assets.json"));
            return Found(SourceKind.File, entryFile);
        }

        if (facts.GetValueOrDefault("Metaflow.Project") is { Length: > 0 } project)
        {
            return Found(SourceKind.Project, project);
        }

        if (FindProject(directory, name) is { } above)
        {
            assets ??= Path.Join(Path.GetDirectoryName(above), "obj", "project.assets.json");
            return Found(SourceKind.Project, above);
        }

        return new(
            SourceKind.None, null, assets, sdk, configuration,
            $"What {name ?? "the program"} was built from is not known: it has no mark of the Metaflow package, and no project of its name is above {directory}.");

        ProgramSource Found(SourceKind kind, string file) => System.IO.File.Exists(file)
            ? new(kind, Path.GetFullPath(file), assets, sdk, configuration, null)
            : new(SourceKind.None, null, assets, sdk, configuration, $"The program was built from {file}, which is not on this machine.");
    }

    private static string? FindProject(string directory, string? name)
    {
        var at = Path.TrimEndingDirectorySeparator(directory);
        for (var level = 0; level < MaximumLevels && at is not null && name is not null; level++, at = Path.GetDirectoryName(at))
        {
            var project = Path.Join(at, name + ".csproj");
            if (System.IO.File.Exists(project))
            {
                return project;
            }
        }

        return null;
    }
}
