using Metaflow.Graph;

namespace Metaflow;

/// <summary>"Did you mean": the candidate that a mistyped word most likely stands for.</summary>
internal static class NearestMatch
{
    /// <summary>Comparing takes memory by the product of the lengths, and what is typed may be anything.</summary>
    private const int MaximumLength = 64;

    /// <summary>The nearest candidate; <see langword="null"/> if none is near.</summary>
    public static string? Of(string word, IEnumerable<string> candidates) =>
        word.Length is 0 or > MaximumLength ? null : Names.Nearest(word, candidates.Where(name => name.Length <= MaximumLength));

    /// <summary><c> Did you mean 'x'?</c> with a leading space, or nothing.</summary>
    public static string Hint(string word, IEnumerable<string> candidates) =>
        Of(word, candidates) is { } match ? $" Did you mean '{match}'?" : "";
}
