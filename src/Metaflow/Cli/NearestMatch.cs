namespace Metaflow.Cli;

/// <summary>"Did you mean": the candidate that a mistyped word most likely stands for.</summary>
internal static class NearestMatch
{
    private const int MaximumLength = 64;

    /// <summary>The nearest candidate; <see langword="null"/> if none is near.</summary>
    public static string? Of(string word, IEnumerable<string> candidates)
    {
        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var candidate in candidates)
        {
            var distance = Distance(word.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        var letters = word.TrimStart('-').Length;
        return bestDistance <= Math.Max(1, letters / 3) && bestDistance < letters ? best : null;
    }

    /// <summary><c> Did you mean 'x'?</c> with a leading space, or nothing.</summary>
    public static string Hint(string word, IEnumerable<string> candidates) =>
        Of(word, candidates) is { } match ? $" Did you mean '{match}'?" : "";

    /// <summary>Edits between two words, where swapping neighbours is one edit.</summary>
    private static int Distance(string left, string right)
    {
        if (left.Length > MaximumLength || right.Length > MaximumLength)
        {
            return int.MaxValue;
        }

        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                rows[i, j] = i == 0 ? j : j == 0 ? i : Step(rows, left, right, i, j);
            }
        }

        return rows[left.Length, right.Length];
    }

    private static int Step(int[,] rows, string left, string right, int i, int j)
    {
        var cost = left[i - 1] == right[j - 1] ? 0 : 1;
        var best = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
        return i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]
            ? Math.Min(best, rows[i - 2, j - 2] + 1)
            : best;
    }
}
