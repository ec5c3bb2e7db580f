using System.Globalization;
using Metaflow.Client;

namespace Metaflow.Comparison;

/// <summary>Compares how runs were started and how they ended.</summary>
internal static class FactComparison
{
    private const double OutcomeRelevance = 1;
    private const double ParameterRelevance = 0.95;
    private const double EnvironmentRelevance = 0.4;
    private const double TimingRelevance = 0.3;
    private const double TagRelevance = 0.1;

    /// <summary>Shorter times are noise.</summary>
    private static readonly TimeSpan Noticeable = TimeSpan.FromMilliseconds(100);

    public static IEnumerable<RunDifference> Of(RunReference first, RunReference second, ComparisonOptions options)
    {
        if (first.Status != second.Status)
        {
            yield return Fact(DifferenceKind.Outcome, "run", Status(first), Status(second), OutcomeRelevance);
        }

        foreach (var parameter in options.Wants(DifferenceKind.Parameter) ? Parameters(first, second, options) : [])
        {
            yield return parameter;
        }

        foreach (var (name, one, other) in Starts(first, second))
        {
            if (one != other)
            {
                yield return Fact(DifferenceKind.Environment, name, one, other, EnvironmentRelevance);
            }
        }

        if (Timing("run", first.Duration, second.Duration, TimingRelevance) is { } timing)
        {
            yield return timing;
        }

        if (!first.Tags.SequenceEqual(second.Tags))
        {
            yield return Fact(DifferenceKind.Tags, "tags", Joined(first.Tags), Joined(second.Tags), TagRelevance);
        }
    }

    /// <summary>Two times that differ by a fifth and by what can be noticed; otherwise nothing.</summary>
    public static RunDifference? Timing(string subject, TimeSpan? first, TimeSpan? second, double relevance)
    {
        if (first is not { } one || second is not { } other || (one - other).Duration() < Noticeable
            || Math.Max(one.Ticks, other.Ticks) < 1.2 * Math.Max(1, Math.Min(one.Ticks, other.Ticks)))
        {
            return null;
        }

        return Fact(DifferenceKind.Timing, subject, Seconds(one), Seconds(other), relevance) with
        {
            Figures = new Dictionary<string, double>
            {
                ["firstSeconds"] = one.TotalSeconds, ["secondSeconds"] = other.TotalSeconds,
                ["ratio"] = other.TotalSeconds / Math.Max(1e-6, one.TotalSeconds),
            },
        };
    }

    /// <summary>A time for people.</summary>
    public static string Seconds(TimeSpan time) => time.TotalSeconds < 100
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s")
        : time.ToString(@"d\.hh\:mm\:ss", CultureInfo.InvariantCulture).TrimStart('0', '.');

    /// <summary>A difference of something that both have or that one has.</summary>
    public static RunDifference Fact(DifferenceKind kind, string subject, string? first, string? second, double relevance) => new(
        kind, first is null ? DifferenceChange.Added : second is null ? DifferenceChange.Removed : DifferenceChange.Changed, subject, first, second)
    {
        Relevance = relevance,
    };

    private static IEnumerable<RunDifference> Parameters(RunReference first, RunReference second, ComparisonOptions options)
    {
        var ones = first.Stored.Constants.ToDictionary(value => value.Name, StringComparer.Ordinal);
        var others = second.Stored.Constants.ToDictionary(value => value.Name, StringComparer.Ordinal);
        foreach (var name in ones.Keys.Union(others.Keys))
        {
            var (one, other) = (ones.GetValueOrDefault(name), others.GetValueOrDefault(name));
            if (one is not null && other is not null)
            {
                if (one.Hash.Equals(other.Hash) && one.Encoding == other.Encoding)
                {
                    continue;
                }

                var difference = ValueDifference.Of(first.Stored, one, second.Stored, other, options);
                yield return Fact(DifferenceKind.Parameter, name, difference.First, difference.Second, ParameterRelevance) with
                {
                    Details = difference.Details, Figures = difference.Figures,
                };
            }
            else
            {
                yield return Fact(
                    DifferenceKind.Parameter, name, one is null ? null : Value(first, one), other is null ? null : Value(second, other),
                    ParameterRelevance);
            }
        }
    }

    private static string Value(RunReference run, Artifacts.StoredArtifact value) =>
        run.Stored.Use(value, content => Artifacts.Display.ArtifactSummary.Of(value.Encoding, content, 80).Text);

    private static IEnumerable<(string Name, string? First, string? Second)> Starts(RunReference first, RunReference second)
    {
        var (one, other) = (first.Stored.Started, second.Stored.Started);
        yield return ("command line", Joined(one.CommandLine), Joined(other.CommandLine));
        yield return ("decorators of --with", Joined(one.With), Joined(other.With));
        yield return ("user", first.User, second.User);
        yield return ("namespace", one.Namespace, other.Namespace);
        yield return ("resumed run", first.OriginRunId, second.OriginRunId);
        var (facts, otherFacts) = (SystemFacts(first), SystemFacts(second));
        foreach (var name in facts.Keys.Union(otherFacts.Keys))
        {
            yield return (name, facts.GetValueOrDefault(name), otherFacts.GetValueOrDefault(name));
        }
    }

    /// <summary>What the system's tags tell: <c>dotnet_version:10.0.1</c>. The user is a fact of its own.</summary>
    private static SortedDictionary<string, string> SystemFacts(RunReference run)
    {
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in run.SystemTags)
        {
            if (tag.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && tag[..colon] is var name && name != "user")
            {
                facts[name] = tag[(colon + 1)..];
            }
        }

        return facts;
    }

    private static string Status(RunReference run) => run.Failure is { } failure ? $"{run.Status}: {FirstLine(failure)}" : run.Status.ToString();

    private static string FirstLine(string text) => text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? text[..end] : text;

    private static string Joined(IReadOnlyList<string> words) => string.Join(' ', words);
}
