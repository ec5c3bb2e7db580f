using System.Globalization;
using System.Text;
using Metaflow.Client;
using Metaflow.Provenance;

namespace Metaflow.Comparison;

/// <summary>Compares what produced two runs: sources file by file, packages, machines.</summary>
internal static class ProvenanceComparison
{
    private const double CodeRelevance = 0.9;
    private const double PackageRelevance = 0.85;
    private const double RuntimeRelevance = 0.45;
    private const double MachineRelevance = 0.35;

    /// <summary>More lines of a file are not compared line by line.</summary>
    private const long LongestText = 4 << 20;

    /// <summary>The differences of the kinds that are asked for.</summary>
    public static IEnumerable<RunDifference> Of(RunReference first, RunReference second, ComparisonOptions options, List<string> remarks)
    {
        if (!options.Wants(DifferenceKind.Code) && !options.Wants(DifferenceKind.Package) && !options.Wants(DifferenceKind.Environment))
        {
            return [];
        }

        if (first.Code is not { } one || second.Code is not { } other)
        {
            var without = first.Code is null ? first : second;
            remarks.Add($"Code, packages and machines were not compared: of run {without.PathSpec} they are not recorded.");
            return [];
        }

        var (machine, otherMachine) = (first.Environment!, second.Environment!);
        return
        [
            .. options.Wants(DifferenceKind.Code) ? Code(first, one, second, other, options, remarks) : [],
            .. options.Wants(DifferenceKind.Package) ? Packages(machine, otherMachine) : [],
            .. options.Wants(DifferenceKind.Environment) ? Facts(one, machine, other, otherMachine) : [],
        ];
    }

    /// <summary>The files that differ between two snapshots.</summary>
    public static IEnumerable<RunDifference> Code(RunCode one, RunCode other, int maximumDetails)
    {
        var ones = one.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        var others = other.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        foreach (var path in ones.Keys.Union(others.Keys).Order(StringComparer.Ordinal))
        {
            var (before, after) = (ones.GetValueOrDefault(path), others.GetValueOrDefault(path));
            if (before is not null && after is not null && before.Hash.Equals(after.Hash))
            {
                continue;
            }

            yield return FactComparison.Fact(DifferenceKind.Code, path, Size(before), Size(after), CodeRelevance) with
            {
                Details = Hunks(before is null ? [] : Content(one, before), after is null ? [] : Content(other, after), maximumDetails),
            };
        }
    }

    /// <summary>How two contents of a file differ, as hunks; one line where they are not text.</summary>
    /// <param name="before">The lines before; <see langword="null"/> if it is no text.</param>
    /// <param name="after">The lines after.</param>
    /// <param name="maximumLines">The most lines to give.</param>
    public static IReadOnlyList<string> Hunks(IReadOnlyList<string>? before, IReadOnlyList<string>? after, int maximumLines) =>
        maximumLines == 0 ? []
        : before is null || after is null ? ["no text, or too large to be shown"]
        : TextDiff.Hunks(before, after, maximumLines);

    /// <summary>The lines of some text; <see langword="null"/> if it is none, or too long.</summary>
    public static IReadOnlyList<string>? Lines(Stream content, long size)
    {
        if (size > LongestText)
        {
            return null;
        }

        using var reader = new StreamReader(content, Encoding.UTF8);
        var text = reader.ReadToEnd();
        return text.Contains('\0', StringComparison.Ordinal) ? null : TextDiff.Lines(text);
    }

    private static List<RunDifference> Code(
        RunReference first, RunCode one, RunReference second, RunCode other, ComparisonOptions options, List<string> remarks)
    {
        foreach (var (run, code) in ((RunReference, RunCode)[])[(first, one), (second, other)])
        {
            remarks.AddRange(code.Remarks.Select(remark => $"Sources of {run.PathSpec}: {remark.TrimEnd('.')}."));
        }

        if (one.Kind == SourceKind.None || other.Kind == SourceKind.None)
        {
            return [];
        }

        var found = Code(one, other, options.MaximumDetails).ToList();
        if (one.Git?.Commit is { } commit && other.Git?.Commit is { } otherCommit && commit != otherCommit)
        {
            found.Add(FactComparison.Fact(DifferenceKind.Code, "git commit", Commit(one.Git), Commit(other.Git), CodeRelevance - 0.01));
        }

        return found;
    }

    private static string Commit(GitState git) => $"{git.Commit}{(git.Branch is { } branch ? $" on {branch}" : "")}{(git.IsDirty ? ", changed" : "")}";

    private static string? Size(SourceFile? file) => file is null ? null : DataSize.Format(file.Size);

    private static IReadOnlyList<string>? Content(RunCode code, SourceFile file)
    {
        using var content = code.OpenRead(file.Path);
        return Lines(content, file.Size);
    }

    private static IEnumerable<RunDifference> Packages(RunEnvironment one, RunEnvironment other)
    {
        var ones = one.Packages.Where(package => package.Kind != PackageKind.Download).ToLookup(package => package.Name, StringComparer.OrdinalIgnoreCase);
        var others = other.Packages.Where(package => package.Kind != PackageKind.Download).ToLookup(package => package.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var name in ones.Select(group => group.Key).Union(others.Select(group => group.Key), StringComparer.OrdinalIgnoreCase))
        {
            var (before, after) = (ones[name].ToList(), others[name].ToList());
            var (text, otherText) = (Versions(before), Versions(after));
            if (text != otherText)
            {
                yield return FactComparison.Fact(DifferenceKind.Package, name, text, otherText, PackageRelevance);
            }
            else if (before[0].Sha512 is { } hash && after[0].Sha512 is { } otherHash && hash != otherHash)
            {
                yield return FactComparison.Fact(DifferenceKind.Package, name, text, otherText, PackageRelevance) with
                {
                    Details = ["the same version, but another content"],
                };
            }
        }
    }

    private static string? Versions(List<PackageVersion> packages) => packages.Count == 0
        ? null
        : string.Join(", ", packages.Select(package => package.Kind == PackageKind.Project ? $"{package.Version} (project)" : package.Version));

    private static IEnumerable<RunDifference> Facts(RunCode one, RunEnvironment machine, RunCode other, RunEnvironment otherMachine)
    {
        foreach (var (name, before, after, relevance) in Pairs(one, machine, other, otherMachine))
        {
            if (before != after)
            {
                yield return FactComparison.Fact(DifferenceKind.Environment, name, before, after, relevance);
            }
        }

        foreach (var name in machine.Variables.Keys.Union(otherMachine.Variables.Keys).Order(StringComparer.Ordinal))
        {
            var (before, after) = (machine.Variables.GetValueOrDefault(name), otherMachine.Variables.GetValueOrDefault(name));
            if (before != after)
            {
                yield return FactComparison.Fact(DifferenceKind.Environment, $"variable {name}", before, after, RuntimeRelevance);
            }
        }
    }

    private static IEnumerable<(string Name, string? Before, string? After, double Relevance)> Pairs(
        RunCode one, RunEnvironment machine, RunCode other, RunEnvironment otherMachine)
    {
        yield return ("Metaflow", machine.Metaflow, otherMachine.Metaflow, RuntimeRelevance);
        yield return ("runtime", machine.Runtime, otherMachine.Runtime, RuntimeRelevance);
        yield return ("SDK", machine.Sdk, otherMachine.Sdk, RuntimeRelevance);
        yield return ("configuration", machine.Configuration, otherMachine.Configuration, RuntimeRelevance);
        yield return ("culture", machine.Culture, otherMachine.Culture, RuntimeRelevance);
        yield return ("time zone", machine.TimeZone, otherMachine.TimeZone, RuntimeRelevance);
        yield return ("invariant globalization", Text(machine.IsInvariantGlobalization), Text(otherMachine.IsInvariantGlobalization), RuntimeRelevance);
        yield return ("platform", machine.RuntimeIdentifier, otherMachine.RuntimeIdentifier, RuntimeRelevance);
        yield return ("operating system", machine.OperatingSystem, otherMachine.OperatingSystem, MachineRelevance);
        yield return ("processor", machine.Processor, otherMachine.Processor, MachineRelevance);
        yield return ("processor features", string.Join(' ', machine.ProcessorFeatures), string.Join(' ', otherMachine.ProcessorFeatures), RuntimeRelevance);
        yield return ("processors", Text(machine.Processors), Text(otherMachine.Processors), MachineRelevance);
        yield return ("garbage collector", machine.IsServerGarbageCollection ? "server" : "workstation", otherMachine.IsServerGarbageCollection ? "server" : "workstation", MachineRelevance);
        yield return ("host", machine.Host, otherMachine.Host, MachineRelevance);
        yield return ("sources", one.Root, other.Root, MachineRelevance);
    }

    private static string Text<T>(T value) => string.Create(CultureInfo.InvariantCulture, $"{value}");
}
