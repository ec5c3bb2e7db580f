using System.Text.Json;

namespace Metaflow.Provenance.Capture;

/// <summary>Which packages a program was built with: from what NuGet restored, else from the list beside the program.</summary>
internal static class PackageProbe
{
    private const long LongestFile = 64 << 20;

    /// <summary>Reads NuGet's <c>project.assets.json</c>.</summary>
    /// <returns>The packages, and the SDK's version if the file tells it.</returns>
    public static (IReadOnlyList<PackageVersion> Packages, string? Sdk) OfAssets(string file)
    {
        using var document = Read(file);
        var packages = Libraries(document.RootElement);
        var folders = document.RootElement.TryGetProperty("packageFolders"u8, out var paths) && paths.ValueKind == JsonValueKind.Object
            ? paths.EnumerateObject().Select(folder => folder.Name).ToList()
            : [];
        string? sdk = null;
        if (document.RootElement.TryGetProperty("project"u8, out var project) && project.TryGetProperty("frameworks"u8, out var frameworks))
        {
            foreach (var framework in frameworks.EnumerateObject().Select(framework => framework.Value))
            {
                packages.AddRange(Downloads(framework, folders));
                sdk ??= framework.TryGetProperty("runtimeIdentifierGraphPath"u8, out var graph)
                    ? Path.GetFileName(Path.GetDirectoryName(graph.GetString()))
                    : null;
            }
        }

        return (Sorted(packages), sdk);
    }

    /// <summary>Reads the <c>.deps.json</c> beside a program, which lists what it needs to run.</summary>
    public static IReadOnlyList<PackageVersion> OfDependencies(string file)
    {
        using var document = Read(file);
        return Sorted(Libraries(document.RootElement));
    }

    private static JsonDocument Read(string file)
    {
        using var stream = File.OpenRead(file);
        return stream.Length <= LongestFile ? JsonDocument.Parse(stream) : throw new InvalidDataException($"{file} is larger than such a file is.");
    }

    /// <summary>Each package once, by name.</summary>
    public static List<PackageVersion> Sorted(IEnumerable<PackageVersion> packages) =>
        [.. packages.DistinctBy(package => (package.Name.ToUpperInvariant(), package.Version)).OrderBy(package => package.Name, StringComparer.OrdinalIgnoreCase)];

    private static List<PackageVersion> Libraries(JsonElement root)
    {
        var packages = new List<PackageVersion>();
        foreach (var library in root.GetProperty("libraries"u8).EnumerateObject())
        {
            var slash = library.Name.IndexOf('/', StringComparison.Ordinal);
            var type = library.Value.TryGetProperty("type"u8, out var said) ? said.GetString() : null;
            if (slash > 0 && type is "package" or "project")
            {
                // One of the two files writes the algorithm before the hash.
                var hash = library.Value.TryGetProperty("sha512"u8, out var sha512) ? sha512.GetString() : null;
                hash = hash?.StartsWith("sha512-", StringComparison.Ordinal) == true ? hash["sha512-".Length..] : hash;
                packages.Add(new(
                    library.Name[..slash], library.Name[(slash + 1)..], type == "project" ? PackageKind.Project : PackageKind.Package,
                    string.IsNullOrEmpty(hash) ? null : hash));
            }
        }

        return packages;
    }

    /// <summary>Packages that only the build needs.</summary>
    private static IEnumerable<PackageVersion> Downloads(JsonElement framework, List<string> folders)
    {
        if (!framework.TryGetProperty("downloadDependencies"u8, out var downloads))
        {
            yield break;
        }

        foreach (var download in downloads.EnumerateArray())
        {
            // The version is a range with one version in it: "[10.0.1, 10.0.1]".
            if (download.TryGetProperty("name"u8, out var name) && download.TryGetProperty("version"u8, out var range)
                && range.GetString()?.Trim('[', ']').Split(',')[0].Trim() is { Length: > 0 } version)
            {
                yield return new(name.GetString()!, version, PackageKind.Download, Hash(folders, name.GetString()!, version));
            }
        }
    }

    private static string? Hash(List<string> folders, string name, string version)
    {
        foreach (var folder in folders)
        {
            var id = name.ToLowerInvariant();
            if (ContentHash(Path.Join(folder, id, version.ToLowerInvariant())) is { } hash)
            {
                return hash;
            }
        }

        return null;
    }

    /// <summary>The hash of an extracted package, without its signature, as NuGet keeps it; <see langword="null"/> if it is not there.</summary>
    public static string? ContentHash(string directory)
    {
        var file = Path.Join(directory, ".nupkg.metadata");
        if (!File.Exists(file))
        {
            return null;
        }

        using var document = Read(file);
        return document.RootElement.TryGetProperty("contentHash"u8, out var hash) ? hash.GetString() : null;
    }
}
