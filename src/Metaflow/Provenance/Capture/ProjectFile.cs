using System.Text.RegularExpressions;
using System.Xml;

namespace Metaflow.Provenance.Capture;

/// <summary>
/// What an MSBuild file or a file-based program refers to, found by reading it and not by evaluating it: conditions are taken
/// as true, and properties count as far as they are plain texts. What cannot be followed is told.
/// </summary>
internal sealed partial class ProjectFile(Dictionary<string, string> properties)
{
    private const long LongestFile = 4 << 20;
    private const int LongestProperty = 4_000;

    private static readonly HashSet<string> Items = new(StringComparer.Ordinal)
    {
        "Compile", "Content", "None", "EmbeddedResource", "AdditionalFiles", "EditorConfigFiles", "GlobalAnalyzerConfigFiles", "Using",
    };

    /// <summary>Projects that are referred to, and whether they are left out on purpose.</summary>
    public List<(string Path, bool IsOutside)> Projects { get; } = [];

    /// <summary>MSBuild files that are imported.</summary>
    public List<string> Imports { get; } = [];

    /// <summary>Files and patterns of files that are built in, with their absolute paths.</summary>
    public List<string> Included { get; } = [];

    /// <summary>References that could not be followed.</summary>
    public List<string> Unresolved { get; } = [];

    /// <summary>Reads an MSBuild file.</summary>
    /// <param name="path">The file.</param>
    public void ReadXml(string path)
    {
        if (new FileInfo(path).Length > LongestFile)
        {
            Unresolved.Add($"{Path.GetFileName(path)} is too large to be read");
            return;
        }

        var directory = Path.GetDirectoryName(path)!;
        properties["MSBuildThisFileDirectory"] = directory + Path.DirectorySeparatorChar;
        properties["MSBuildThisFileFullPath"] = path;
        try
        {
            using var reader = XmlReader.Create(path, new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true });
            var isInProperties = false;
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element)
                {
                    isInProperties = reader.Depth == 1 ? reader.LocalName == "PropertyGroup" : isInProperties;
                    ReadElement(reader, directory, isInProperties && reader.Depth == 2);
                }
            }
        }
        catch (XmlException fault)
        {
            Unresolved.Add($"{Path.GetFileName(path)} is no XML: {fault.Message}");
        }
    }

    /// <summary>Where NuGet's list of what was restored for a project may be, by the properties that decide it.</summary>
    public List<string> AssetsPlaces(string project)
    {
        const string File = "project.assets.json";
        var directory = Path.GetDirectoryName(project)!;
        List<string> places = [Path.Join(directory, "obj", File)];
        var artifacts = properties.GetValueOrDefault("ArtifactsPath");
        if (artifacts is null && properties.GetValueOrDefault("UseArtifactsOutput") == "true" && Above(directory, "Directory.Build.props") is { } props)
        {
            artifacts = Path.Join(Path.GetDirectoryName(props), "artifacts");
        }

        if (artifacts is not null)
        {
            places.Add(Path.Join(Absolute(artifacts, directory), "obj", Path.GetFileNameWithoutExtension(project), File));
        }

        return places;
    }

    /// <summary>Reads the directives at the beginning of a file of C#: <c>#:project</c>, <c>#:include</c>, <c>#:property</c>.</summary>
    public void ReadDirectives(string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        foreach (var line in File.ReadLines(path).Take(1_000))
        {
            var text = line.Trim();
            if (text.StartsWith("#:", StringComparison.Ordinal))
            {
                ReadDirective(text[2..], directory);
            }
            else if (text.Length > 0 && text[0] != '#' && !text.StartsWith("//", StringComparison.Ordinal) && text[0] is not ('/' or '*'))
            {
                // Directives come before any code.
                return;
            }
        }
    }

    private void ReadDirective(string text, string directory)
    {
        var blank = text.IndexOf(' ', StringComparison.Ordinal);
        var value = blank < 0 ? "" : text[(blank + 1)..].Trim();
        switch (blank < 0 ? text : text[..blank])
        {
            case "project" when Resolve(value, directory) is { } project:
                Projects.Add((Directory.Exists(project) ? Directory.EnumerateFiles(project, "*.*proj").FirstOrDefault() ?? project : project, false));
                break;
            case "include" when Resolve(value, directory) is { } included:
                Included.Add(included);
                break;
            case "property" when value.IndexOf('=', StringComparison.Ordinal) is > 0 and var equal:
                properties[value[..equal].Trim()] = value[(equal + 1)..].Trim();
                break;
        }
    }

    private void ReadElement(XmlReader reader, string directory, bool isProperty)
    {
        if (isProperty)
        {
            ReadProperty(reader);
        }
        else if (reader.LocalName == "Import")
        {
            if (reader.GetAttribute("Sdk") is null && reader.GetAttribute("Project") is { } import && ResolveImport(import, directory) is { } imported)
            {
                Imports.Add(imported);
            }
        }
        else if (reader.GetAttribute("Include") is { } include)
        {
            if (reader.LocalName == "ProjectReference")
            {
                var isOutside = reader.GetAttribute("Snapshot")?.Equals("false", StringComparison.OrdinalIgnoreCase) == true;
                Projects.AddRange(ResolveAll(include, directory).Select(project => (project, isOutside)));
            }
            else if (Items.Contains(reader.LocalName))
            {
                Included.AddRange(ResolveAll(include, directory));
            }
        }
    }

    private void ReadProperty(XmlReader reader)
    {
        var name = reader.LocalName;
        var condition = reader.GetAttribute("Condition");
        if (reader.IsEmptyElement || !reader.Read() || reader.NodeType != XmlNodeType.Text)
        {
            return;
        }

        // "Set it unless it is set" is the one condition that is understood.
        var isDefault = condition?.Contains($"'$({name})' == ''", StringComparison.Ordinal) == true;
        if (!(isDefault && properties.ContainsKey(name)) && Expand(reader.Value.Trim()) is { Length: <= LongestProperty } value)
        {
            properties[name] = value;
        }
    }

    private IEnumerable<string> ResolveAll(string include, string directory) =>
        include.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(part => !part.StartsWith("@(", StringComparison.Ordinal))
            .Select(part => Resolve(part, directory)).OfType<string>();

    private string? ResolveImport(string import, string directory)
    {
        if (FileAbove().Match(import) is { Success: true } above)
        {
            // The usual way of a Directory.Build.props to import the one above it.
            return Path.GetDirectoryName(directory) is { } parent ? Above(parent, above.Groups[1].Value) : null;
        }

        // What comes from packages and SDKs is not a source.
        return Expand(import) is { } path && !path.Contains("$(", StringComparison.Ordinal) && Absolute(path, directory) is { } absolute && File.Exists(absolute)
            ? absolute
            : null;
    }

    /// <summary>The nearest file of a name in a directory or above it.</summary>
    public static string? Above(string directory, string name)
    {
        for (var at = directory; at is not null; at = Path.GetDirectoryName(at))
        {
            if (Path.Join(at, name) is var file && File.Exists(file))
            {
                return file;
            }
        }

        return null;
    }

    private string? Resolve(string text, string directory)
    {
        if (Expand(text) is { } path)
        {
            return Absolute(path, directory);
        }

        Unresolved.Add($"'{text}' cannot be followed");
        return null;
    }

    private static string Absolute(string path, string directory) =>
        Path.GetFullPath(path.Replace('\\', Path.DirectorySeparatorChar), directory);

    /// <summary>A text with the values of properties; <see langword="null"/> if it needs more than that.</summary>
    private string? Expand(string text)
    {
        if (!text.Contains("$(", StringComparison.Ordinal))
        {
            return text;
        }

        var isKnown = true;
        var expanded = Property().Replace(text, match =>
        {
            if (properties.TryGetValue(match.Groups[1].Value, out var value))
            {
                return value;
            }

            isKnown = false;
            return "";
        });
        return isKnown && !expanded.Contains("$(", StringComparison.Ordinal) ? expanded : null;
    }

    [GeneratedRegex(@"\$\(([A-Za-z_][A-Za-z0-9_]*)\)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Property();

    [GeneratedRegex(@"GetPathOfFileAbove\(\s*'?([^',)]+)'?", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex FileAbove();
}
