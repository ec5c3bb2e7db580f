using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Metaflow.Provenance.Capture;

/// <summary>Finds the files of a program's sources: what the ignore files leave, without links, within bounds.</summary>
internal sealed class SourceWalk(ProvenanceRequest request, ProgramClosure closure, string? storeRoot, WatchList watched)
{
    private const int MaximumVisited = 100_000;
    private const int ShownNames = 5;

    /// <summary>What a build needs comes first, so that the bounds cut data and not code.</summary>
    private static readonly HashSet<string> Needed = new(StringComparer.OrdinalIgnoreCase)
    {
        ".cs", ".csproj", ".fsproj", ".vbproj", ".fs", ".vb", ".props", ".targets", ".json", ".resx", ".config", ".editorconfig", ".globalconfig", ".rsp", ".razor", ".cshtml", ".proto",
    };

    private readonly SortedDictionary<string, long> _files = new(StringComparer.Ordinal);
    private readonly List<string> _secrets = [];
    private readonly List<string> _links = [];
    private readonly List<string> _large = [];
    private int _visited;

    /// <summary>What was left out, and why.</summary>
    public List<string> Remarks { get; } = [];

    /// <summary>The files to keep, absolute.</summary>
    public List<string> Run()
    {
        foreach (var directory in closure.Directories.Distinct(StringComparer.Ordinal))
        {
            WalkDirectory(directory, RulesAbove(directory), null);
        }

        foreach (var pattern in closure.Patterns)
        {
            var fixedPart = pattern[..pattern.IndexOf('*', StringComparison.Ordinal)];
            var directory = fixedPart[..Math.Max(1, fixedPart.LastIndexOf(Path.DirectorySeparatorChar))];
            if (Directory.Exists(directory))
            {
                WalkDirectory(directory, RulesAbove(directory), pattern.Replace(Path.DirectorySeparatorChar, '/'));
            }
        }

        foreach (var file in closure.Files)
        {
            // These were named, so no ignore file is asked; but a secret stays one.
            Consider(new FileInfo(file), null);
        }

        var kept = Cut();
        Tell("look like secrets and were left out (name one with '!' in .metaflowignore to keep it)", _secrets);
        Tell("are links and were not followed", _links);
        Tell(string.Create(CultureInfo.InvariantCulture, $"are larger than {DataSize.Format(request.MaximumFileBytes)} and were left out"), _large);
        return kept;
    }

    private static string Short(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path));

    private IgnoreRules? RulesAbove(string directory)
    {
        var levels = new Stack<string>();
        for (var at = Path.GetDirectoryName(directory); at is not null && closure.Repository is { } root && at.Length >= root.Length; at = Path.GetDirectoryName(at))
        {
            levels.Push(at);
        }

        return levels.Aggregate(default(IgnoreRules), Read);
    }

    private IgnoreRules Read(IgnoreRules? above, string directory)
    {
        watched.Add(directory, IgnoreRules.Names);
        return IgnoreRules.Read(above, directory);
    }

    private void WalkDirectory(string start, IgnoreRules? above, string? pattern)
    {
        var waiting = new Stack<(string Directory, IgnoreRules? Above)>();
        waiting.Push((start, above));
        while (waiting.TryPop(out var next))
        {
            watched.Add(next.Directory);
            var rules = Read(next.Above, next.Directory);
            foreach (var entry in new DirectoryInfo(next.Directory).EnumerateFileSystemInfos())
            {
                if (++_visited > MaximumVisited)
                {
                    Remarks.Add(string.Create(CultureInfo.InvariantCulture, $"the search ended after {MaximumVisited} files and directories, in {next.Directory}"));
                    return;
                }

                if (entry is DirectoryInfo directory)
                {
                    if (directory.LinkTarget is not null)
                    {
                        _links.Add(directory.FullName);
                    }
                    else if (directory.FullName != storeRoot && !IsIgnored(rules, directory.FullName, isDirectory: true))
                    {
                        waiting.Push((directory.FullName, rules));
                    }
                }
                else if (pattern is null || Glob.IsMatch(pattern, entry.FullName.Replace(Path.DirectorySeparatorChar, '/')))
                {
                    Consider((FileInfo)entry, rules);
                }
            }
        }
    }

    private bool IsIgnored(IgnoreRules rules, string path, bool isDirectory)
    {
        if (rules.IsIgnored(path, isDirectory) is { } decided)
        {
            return decided;
        }

        if (IgnoreRules.Secrets.IsIgnored(path, isDirectory) == true)
        {
            _secrets.Add(path);
            return true;
        }

        return IgnoreRules.BuiltIn.IsIgnored(path, isDirectory) == true;
    }

    private void Consider(FileInfo file, IgnoreRules? rules)
    {
        watched.Add(file.FullName);
        if (_files.ContainsKey(file.FullName) || !file.Exists)
        {
            return;
        }

        if (file.LinkTarget is not null)
        {
            _links.Add(file.FullName);
        }
        else if (rules is not null ? !IsIgnored(rules, file.FullName, isDirectory: false) : IgnoreRules.Secrets.IsIgnored(file.FullName, isDirectory: false) != true)
        {
            if (file.Length > request.MaximumFileBytes)
            {
                _large.Add(file.FullName);
            }
            else if (HoldsCredentials(file))
            {
                _secrets.Add(file.FullName);
            }
            else
            {
                _files.Add(file.FullName, file.Length);
            }
        }
        else if (rules is null)
        {
            _secrets.Add(file.FullName);
        }
    }

    /// <summary>NuGet keeps passwords of feeds in its configuration.</summary>
    private static bool HoldsCredentials(FileInfo file)
    {
        if (!file.Name.Equals("nuget.config", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        try
        {
            using var reader = XmlReader.Create(file.FullName, new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return XDocument.Load(reader).Root?.Elements().Any(element => element.Name.LocalName is "packageSourceCredentials" or "apikeys" && element.HasElements) == true;
        }
        catch (XmlException)
        {
            // What it holds is not known.
            return true;
        }
    }

    private List<string> Cut()
    {
        var kept = new List<string>(Math.Min(_files.Count, request.MaximumFiles));
        var (bytes, left, leftBytes) = (0L, 0, 0L);
        foreach (var (path, size) in _files.OrderBy(file => Needed.Contains(Path.GetExtension(file.Key)) ? 0 : 1).ThenBy(file => file.Key, StringComparer.Ordinal))
        {
            if (kept.Count == request.MaximumFiles || bytes + size > request.MaximumBytes)
            {
                left++;
                leftBytes += size;
                continue;
            }

            bytes += size;
            kept.Add(path);
        }

        if (left > 0)
        {
            Remarks.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{left} files ({DataSize.Format(leftBytes)}) were left out: a snapshot has at most {request.MaximumFiles} files and {DataSize.Format(request.MaximumBytes)}. Name what is no source in .metaflowignore"));
        }

        return kept;
    }

    private void Tell(string what, List<string> paths)
    {
        if (paths.Count > 0)
        {
            var names = paths.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            Remarks.Add(string.Create(CultureInfo.InvariantCulture, $"{names.Count} {what}: {string.Join(", ", names.Take(ShownNames).Select(Short))}{(names.Count > ShownNames ? ", …" : "")}"));
        }
    }
}
