namespace Metaflow.Comparison;

/// <summary>Something in which two runs differ. What differs in many tasks of a step in the same way is one difference.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Change">Whether both runs have it.</param>
/// <param name="Subject">What it is: <c>Top</c>, <c>Rank/Best</c>, <c>genres.cs</c>.</param>
/// <param name="First">What the first run has, as a short text; <see langword="null"/> if nothing.</param>
/// <param name="Second">What the second run has, likewise.</param>
public sealed record RunDifference(DifferenceKind Kind, DifferenceChange Change, string Subject, string? First, string? Second)
{
    /// <summary>
    /// How likely somebody who compares the runs wants to know it, from 1 down to 0: what failed comes first, then what was
    /// changed on purpose, then what came of it, then times and logs.
    /// </summary>
    public double Relevance { get; init; }

    /// <summary>More about it, line by line: the members of a value that differ, a hunk of a file, figures of an array.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    /// <summary>Figures by name, for programs: <c>maxAbsoluteDifference</c>, <c>differing</c>, <c>firstMean</c>.</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>();

    /// <summary>In how many tasks it differs; 0 if it is not about tasks.</summary>
    public long Tasks { get; init; }

    /// <summary>How many tasks were compared for it; 0 if it is not about tasks.</summary>
    public long OfTasks { get; init; }

    /// <summary>A task of the first run in which it is so; <see langword="null"/> if it is not about tasks.</summary>
    public string? FirstExample { get; init; }

    /// <summary>The task of the second run that corresponds to it.</summary>
    public string? SecondExample { get; init; }

    /// <summary>The kind, the subject and what each run has.</summary>
    public override string ToString() => $"{Kind} {Subject}: {First ?? "nothing"} → {Second ?? "nothing"}";
}
