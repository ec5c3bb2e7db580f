namespace Metaflow.Provenance.Capture;

/// <summary>Patterns of paths as in ignore files: <c>*</c> and <c>?</c> within a name, <c>**</c> across names, <c>[a-z]</c>.</summary>
internal static class Glob
{
    /// <summary>A longer pattern matches nothing: trying one that is all stars could take forever.</summary>
    private const int LongestPattern = 500;

    /// <summary>Whether a path with <c>/</c> between names matches a pattern as a whole.</summary>
    public static bool IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> path) => pattern.Length <= LongestPattern && Matches(pattern, path);

    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> path)
    {
        while (pattern.Length > 0)
        {
            if (pattern.StartsWith("**"))
            {
                return MatchesAcross(pattern[2..], path);
            }

            if (pattern[0] == '*')
            {
                return MatchesWithin(pattern[1..], path);
            }

            if (path.Length == 0 || !MatchesOne(ref pattern, path[0]))
            {
                return false;
            }

            path = path[1..];
        }

        return path.Length == 0;
    }

    private static bool MatchesAcross(ReadOnlySpan<char> rest, ReadOnlySpan<char> path)
    {
        // "**/x" matches "x" too.
        if (rest is ['/', .. var inner] && Matches(inner, path))
        {
            return true;
        }

        for (var at = 0; at <= path.Length; at++)
        {
            if (Matches(rest, path[at..]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool MatchesWithin(ReadOnlySpan<char> rest, ReadOnlySpan<char> path)
    {
        for (var at = 0; at <= path.Length; at++)
        {
            if (Matches(rest, path[at..]))
            {
                return true;
            }

            if (at < path.Length && path[at] == '/')
            {
                return false;
            }
        }

        return false;
    }

    private static bool MatchesOne(ref ReadOnlySpan<char> pattern, char letter)
    {
        switch (pattern[0])
        {
            case '?':
                pattern = pattern[1..];
                return letter != '/';
            case '\\' when pattern.Length > 1:
                var literal = pattern[1];
                pattern = pattern[2..];
                return literal == letter;
            case '[' when pattern[1..].IndexOf(']') is > 0 and var end:
                var set = pattern.Slice(1, end);
                pattern = pattern[(end + 2)..];
                return letter != '/' && IsIn(set, letter);
            default:
                var expected = pattern[0];
                pattern = pattern[1..];
                return expected == letter;
        }
    }

    private static bool IsIn(ReadOnlySpan<char> set, char letter)
    {
        var isNegated = set[0] is '!' or '^';
        set = isNegated ? set[1..] : set;
        for (var at = 0; at < set.Length; at++)
        {
            if (at + 2 < set.Length && set[at + 1] == '-')
            {
                if (letter >= set[at] && letter <= set[at + 2])
                {
                    return !isNegated;
                }

                at += 2;
            }
            else if (set[at] == letter)
            {
                return !isNegated;
            }
        }

        return isNegated;
    }
}
