namespace Metaflow.Provenance;

/// <summary>How an artifact of a reproduction compares with that of the run; later ones are worse.</summary>
public enum VerdictKind
{
    /// <summary>The same, byte for byte.</summary>
    Identical,

    /// <summary>The same but for rounding within the tolerance.</summary>
    Equal,

    /// <summary>Not the same.</summary>
    Different,
}

/// <summary>What a reproduction came to.</summary>
public enum ReproductionVerdict
{
    /// <summary>All artifacts are the same, byte for byte.</summary>
    Identical,

    /// <summary>All artifacts are the same but for rounding within the tolerance.</summary>
    Equal,

    /// <summary>Some artifact or task is not the same.</summary>
    Different,

    /// <summary>The sources could not be built, or the run did not end as the original did.</summary>
    Failed,

    /// <summary>Something that is needed cannot be restored; nothing was executed.</summary>
    Impossible,
}

/// <summary>How one artifact of a step compares over all tasks of the step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Name">The artifact; empty for a verdict about the step's tasks themselves.</param>
/// <param name="Kind">The worst over all tasks.</param>
/// <param name="Tasks">How many tasks were compared.</param>
/// <param name="DifferentTasks">In how many of them it is different.</param>
public sealed record ArtifactVerdict(string Step, string Name, VerdictKind Kind, long Tasks, long DifferentTasks)
{
    /// <summary>The first difference that rounding does not explain; <see langword="null"/> if there is none.</summary>
    public string? FirstDifference { get; init; }

    /// <summary>The artifact of the original run where it is; <see langword="null"/> if there is none.</summary>
    public string? Example { get; init; }
}

/// <summary>An attempt to reproduce a run, as it is kept with the run.</summary>
public sealed record RunReproduction
{
    /// <summary>When it began, in UTC.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>Who reproduced the run.</summary>
    public string User { get; init; } = "";

    /// <summary>The machine.</summary>
    public string Host { get; init; } = "";

    /// <summary>What came of it.</summary>
    public ReproductionVerdict Verdict { get; init; }

    /// <summary>By how much numbers may differ to be equal: |a − b| ≤ tolerance × max(1, |a|, |b|).</summary>
    public double Tolerance { get; init; }

    /// <summary>The run that was made: <c>GenreFlow/1</c>; <see langword="null"/> if none was.</summary>
    public string? Run { get; init; }

    /// <summary>The store that holds it.</summary>
    public string? Store { get; init; }

    /// <summary>What could not be restored or was not the same, and other things to know.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>How many artifacts are identical.</summary>
    public int Identical { get; init; }

    /// <summary>How many artifacts are equal.</summary>
    public int Equal { get; init; }

    /// <summary>How many artifacts are different.</summary>
    public int Different { get; init; }

    /// <summary>The verdicts, of the first thousand artifacts.</summary>
    public IReadOnlyList<ArtifactVerdict> Artifacts { get; init; } = [];
}
