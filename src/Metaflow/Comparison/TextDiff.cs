namespace Metaflow.Comparison;

/// <summary>The difference of two texts, line by line, as hunks.</summary>
internal static class TextDiff
{
    private const int Context = 3;

    /// <summary>Beyond so many changed lines the shortest way from one text to the other is not looked for.</summary>
    private const int MaximumEdits = 1_000;

    /// <summary>The hunks: <c>@@ -1,4 +1,5 @@</c>, then lines that begin with a blank, <c>-</c> or <c>+</c>.</summary>
    /// <param name="first">The lines of the first text.</param>
    /// <param name="second">The lines of the second text.</param>
    /// <param name="maximumLines">The most lines to give; a last one says how many are left out.</param>
    public static IReadOnlyList<string> Hunks(IReadOnlyList<string> first, IReadOnlyList<string> second, int maximumLines)
    {
        var hunks = new List<string>();
        foreach (var hunk in Group(Edits(first, second)))
        {
            var start = Math.Max(0, hunk.First.FirstFrom - Context);
            var before = hunk.First.FirstFrom - start;
            var end = Math.Min(first.Count, hunk.Last.FirstTo + Context);
            var added = hunk.Edits.Sum(edit => edit.SecondTo - edit.SecondFrom);
            var removed = hunk.Edits.Sum(edit => edit.FirstTo - edit.FirstFrom);
            hunks.Add($"@@ -{start + 1},{end - start} +{hunk.First.SecondFrom - before + 1},{end - start - removed + added} @@");
            var at = start;
            foreach (var edit in hunk.Edits)
            {
                Add(" ", first, at, edit.FirstFrom);
                Add("-", first, edit.FirstFrom, edit.FirstTo);
                Add("+", second, edit.SecondFrom, edit.SecondTo);
                at = edit.FirstTo;
            }

            Add(" ", first, at, end);
        }

        if (hunks.Count > maximumLines)
        {
            var left = hunks.Count - maximumLines + 1;
            hunks.RemoveRange(maximumLines - 1, left);
            hunks.Add($"… {left} more lines");
        }

        return hunks;

        void Add(string sign, IReadOnlyList<string> lines, int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                hunks.Add(sign + lines[i]);
            }
        }
    }

    /// <summary>The lines of a text; the last line end begins no line.</summary>
    public static IReadOnlyList<string> Lines(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    private static IEnumerable<(Edit First, Edit Last, List<Edit> Edits)> Group(IReadOnlyList<Edit> edits)
    {
        var group = new List<Edit>();
        foreach (var edit in edits)
        {
            if (group.Count > 0 && edit.FirstFrom - group[^1].FirstTo > 2 * Context)
            {
                yield return (group[0], group[^1], group);
                group = [];
            }

            group.Add(edit);
        }

        if (group.Count > 0)
        {
            yield return (group[0], group[^1], group);
        }
    }

    private static List<Edit> Edits(IReadOnlyList<string> first, IReadOnlyList<string> second)
    {
        var start = 0;
        var (firstEnd, secondEnd) = (first.Count, second.Count);
        while (start < firstEnd && start < secondEnd && first[start] == second[start])
        {
            start++;
        }

        while (firstEnd > start && secondEnd > start && first[firstEnd - 1] == second[secondEnd - 1])
        {
            (firstEnd, secondEnd) = (firstEnd - 1, secondEnd - 1);
        }

        return firstEnd == start && secondEnd == start ? []
            : Trace(first, second, start, firstEnd, secondEnd) is { } trace ? Merge(trace)
            : [new(start, firstEnd, start, secondEnd)];
    }

    /// <summary>The shortest way by the greedy algorithm of Myers; <see langword="null"/> if it is too long.</summary>
    private static List<(int First, int Second, bool IsInsert)>? Trace(
        IReadOnlyList<string> first, IReadOnlyList<string> second, int start, int firstEnd, int secondEnd)
    {
        var (n, m) = (firstEnd - start, secondEnd - start);
        var limit = Math.Min(n + m, MaximumEdits);
        var furthest = new int[(2 * limit) + 3];
        var history = new List<int[]>();
        for (var edits = 0; edits <= limit; edits++)
        {
            history.Add(furthest.AsSpan(limit + 1 - edits - 1, (2 * edits) + 3).ToArray());
            for (var k = -edits; k <= edits; k += 2)
            {
                var x = k == -edits || (k != edits && furthest[limit + k] < furthest[limit + k + 2])
                    ? furthest[limit + k + 2]
                    : furthest[limit + k] + 1;
                var y = x - k;
                while (x < n && y >= 0 && y < m && first[start + x] == second[start + y])
                {
                    (x, y) = (x + 1, y + 1);
                }

                furthest[limit + 1 + k] = x;
                if (x >= n && y >= m)
                {
                    return Back(history, edits, n, m, start);
                }
            }
        }

        return null;
    }

    private static List<(int First, int Second, bool IsInsert)> Back(List<int[]> history, int edits, int n, int m, int start)
    {
        var steps = new List<(int, int, bool)>();
        var (x, y) = (n, m);
        for (var d = edits; d > 0; d--)
        {
            // The array of round d holds the diagonals from -d-1 to d+1.
            var before = history[d];
            var k = x - y;
            var isInsert = k == -d || (k != d && before[k - 1 + d + 1] < before[k + 1 + d + 1]);
            var previous = isInsert ? k + 1 : k - 1;
            var fromX = before[previous + d + 1];
            var fromY = fromX - previous;
            steps.Add((start + fromX, start + fromY, isInsert));
            (x, y) = (fromX, fromY);
        }

        steps.Reverse();
        return steps;
    }

    private static List<Edit> Merge(List<(int First, int Second, bool IsInsert)> steps)
    {
        var edits = new List<Edit>();
        foreach (var (first, second, isInsert) in steps)
        {
            var edit = isInsert ? new Edit(first, first, second, second + 1) : new Edit(first, first + 1, second, second);
            if (edits.Count > 0 && edits[^1] is var last && last.FirstTo == edit.FirstFrom && last.SecondTo == edit.SecondFrom)
            {
                edits[^1] = new(last.FirstFrom, edit.FirstTo, last.SecondFrom, edit.SecondTo);
            }
            else
            {
                edits.Add(edit);
            }
        }

        return edits;
    }

    /// <summary>Lines of the first text that lines of the second one replace.</summary>
    private readonly record struct Edit(int FirstFrom, int FirstTo, int SecondFrom, int SecondTo);
}
