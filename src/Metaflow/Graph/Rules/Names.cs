using System;
using System.Collections.Generic;
using System.Linq;

namespace Metaflow.Graph;

/// <summary>Names that are taken, and names that are near.</summary>
internal static class Names
{
    private static readonly HashSet<string> Members = new(StringComparer.OrdinalIgnoreCase)
    {
        "Next", "NextForEach", "NextParallel", "Input", "Index", "Current", "ForEachStack", "MergeArtifacts", "GetArtifact",
        "SetArtifact", "Name", "Cmd",
    };

    // Options of 'run' and 'resume', and words that the reference keeps for itself.
    private static readonly HashSet<string> Options = new(StringComparer.OrdinalIgnoreCase)
    {
        "params", "with", "tag", "tags", "namespace", "user-namespace", "obj", "decospecs", "run-id", "run-id-file", "task-id",
        "max-num-splits", "max-workers", "max-log-size", "runner-attribute-file", "quiet", "no-color", "isolation", "help", "version",
        "datastore", "datastore-root", "metadata", "environment", "json", "origin-run-id", "config", "config-value", "spins", "events-file", "ui",
        "on-failure", "run-timeout", "grace", "branch", "production", "reuse", "reuse-from", "recycle-after-tasks", "recycle-after-memory",
        "run-seed", "parameters-of",
    };

    /// <summary>Whether a step's or artifact's name would be mistaken for something of Metaflow.</summary>
    public static bool IsReserved(string name) => Members.Contains(name) || name[0] == '_';

    /// <summary>Whether an option's name is taken.</summary>
    public static bool IsReservedOption(string option) => Options.Contains(option);

    /// <summary>The form in which two options are compared: dashes and underscores are one, and case does not count.</summary>
    public static string OptionKey(string option) => option.Replace('_', '-').ToLowerInvariant();

    /// <summary>The candidate that was most probably meant; <see langword="null"/> if none is near.</summary>
    public static string? Nearest(string name, IEnumerable<string> candidates) =>
        candidates
            .Select(candidate => (Name: candidate, Distance: Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .Where(found => found.Distance <= Math.Max(1, name.Length / 3))
            .OrderBy(found => found.Distance).ThenBy(found => found.Name, StringComparer.Ordinal)
            .Select(found => found.Name).FirstOrDefault();

    /// <summary>How many letters have to be changed, added, removed or swapped with their neighbour.</summary>
    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }

                var change = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(change, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
                }
            }
        }

        return table[a.Length, b.Length];
    }
}
