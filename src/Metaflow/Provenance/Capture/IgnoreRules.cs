namespace Metaflow.Provenance.Capture;

/// <summary>The ignore files of one directory, and those of the directories above it.</summary>
internal sealed class IgnoreRules
{
    private const long LongestFile = 1 << 20;

    private readonly IgnoreRules? _above;
    private readonly string _directory;
    private readonly List<Rule> _rules = [];

    private IgnoreRules(IgnoreRules? above, string directory)
    {
        _above = above;
        _directory = directory;
    }

    /// <summary>The files with rules in a directory; a later one has the last word.</summary>
    public static IReadOnlyList<string> Names { get; } = [".gitignore", ".metaflowignore"];

    /// <summary>What is never kept: what builds and tools write, and what is usually secret. A later <c>!name</c> in an ignore file keeps it.</summary>
    public static IgnoreRules BuiltIn { get; } = FromLines(
        "/",
        [
            "bin/", "obj/", ".git", ".hg/", ".svn/", ".vs/", ".idea/", "node_modules/", "__pycache__/", ".venv/", "TestResults/",
            ".metaflow/", ".metaflow_*/", "*.user", "*.suo", ".DS_Store",
        ]);

    /// <summary>Names of files that usually hold secrets.</summary>
    public static IgnoreRules Secrets { get; } = FromLines(
        "/",
        [
            ".env", ".env.*", "!.env.example", "!.env.sample", "*.pfx", "*.p12", "*.pem", "*.key", "*.jks", "*.keystore", "*.kdbx", "*.ppk", "id_rsa*",
            "id_dsa*", "id_ecdsa*", "id_ed25519*", ".ssh/", ".aws/", ".azure/", ".gnupg/", ".kube/", ".netrc", "_netrc", ".pgpass", ".npmrc",
            ".pypirc", ".git-credentials", "credentials", "credentials.json", "secrets.json", "*secret*.json", "*.publishsettings",
        ]);

    /// <summary>The rules in a directory: its <c>.gitignore</c>, then its <c>.metaflowignore</c>, which has the last word.</summary>
    public static IgnoreRules Read(IgnoreRules? above, string directory)
    {
        var rules = new IgnoreRules(above, directory);
        foreach (var name in Names)
        {
            var file = new FileInfo(Path.Join(directory, name));
            if (file.Exists && file.LinkTarget is null && file.Length <= LongestFile)
            {
                rules.Add(File.ReadLines(file.FullName));
            }
        }

        // A directory without rules costs nothing in the directories below it.
        return rules._rules.Count == 0 && above is not null ? above : rules;
    }

    /// <summary>Rules from the lines of an ignore file.</summary>
    public static IgnoreRules FromLines(string directory, IEnumerable<string> lines)
    {
        var rules = new IgnoreRules(null, directory);
        rules.Add(lines);
        return rules;
    }

    /// <summary>Whether a file or directory is left out; <see langword="null"/> if no rule speaks of it.</summary>
    /// <param name="path">Its absolute path.</param>
    /// <param name="isDirectory">Whether it is a directory.</param>
    public bool? IsIgnored(string path, bool isDirectory)
    {
        for (var rules = this; rules is not null; rules = rules._above)
        {
            var relative = Path.GetRelativePath(rules._directory, path).Replace(Path.DirectorySeparatorChar, '/');
            for (var at = rules._rules.Count - 1; at >= 0; at--)
            {
                if (rules._rules[at].Matches(relative, isDirectory))
                {
                    return !rules._rules[at].IsNegated;
                }
            }
        }

        return null;
    }

    private void Add(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (Rule.TryParse(line) is { } rule)
            {
                _rules.Add(rule);
            }
        }
    }

    private readonly record struct Rule(string Pattern, bool IsNegated, bool IsForDirectories, bool IsAnchored)
    {
        public static Rule? TryParse(string line)
        {
            var text = line.EndsWith("\\ ", StringComparison.Ordinal) ? line : line.TrimEnd();
            if (text.Length == 0 || text[0] == '#')
            {
                return null;
            }

            var isNegated = text[0] == '!';
            text = isNegated ? text[1..] : text;
            var isForDirectories = text.EndsWith('/');
            text = text.TrimEnd('/');
            var isAnchored = text.Contains('/', StringComparison.Ordinal);
            text = text.TrimStart('/');
            return text.Length == 0 ? null : new Rule(text, isNegated, isForDirectories, isAnchored);
        }

        public bool Matches(string path, bool isDirectory)
        {
            if (IsForDirectories && !isDirectory)
            {
                return false;
            }

            // Without a slash in it, a pattern speaks of names at any depth.
            return Glob.IsMatch(Pattern, IsAnchored ? path : path.AsSpan(path.LastIndexOf('/') + 1));
        }
    }
}
