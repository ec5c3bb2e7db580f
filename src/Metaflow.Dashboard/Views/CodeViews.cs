namespace Metaflow.Dashboard.Views;

/// <summary>The sources of the program that executed a run.</summary>
internal sealed record CodeView
{
    /// <summary>Whether anything was kept; an older version did not, and a run that has just begun has not yet.</summary>
    public required bool IsKnown { get; init; }

    /// <summary>What the program was built from: <c>file</c>, <c>project</c>, or <c>none</c> if that is not known.</summary>
    public required string Kind { get; init; }

    /// <summary>The file or project that is built.</summary>
    public string? Entry { get; init; }

    /// <summary>The directory in which the sources were.</summary>
    public string? Root { get; init; }

    /// <summary>When they were read.</summary>
    public double? Taken { get; init; }
    public required IReadOnlyList<CodeFileItem> Files { get; init; }

    /// <summary>What was not kept, and why.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }

    /// <summary>Projects that were left out on purpose.</summary>
    public required IReadOnlyList<string> OutsideProjects { get; init; }

    /// <summary>Absent outside a git repository.</summary>
    public GitView? Git { get; init; }
}

/// <summary>A file of the sources.</summary>
internal sealed record CodeFileItem
{
    public required string Path { get; init; }

    /// <summary>The size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>The identity of the content.</summary>
    public required string Sha256 { get; init; }
}

/// <summary>The state of the git repository when the run began.</summary>
internal sealed record GitView
{
    /// <summary>Absent before the first one.</summary>
    public string? Commit { get; init; }

    /// <summary>Absent if none was checked out.</summary>
    public string? Branch { get; init; }

    /// <summary>The files that were not as in the commit.</summary>
    public required IReadOnlyList<string> Changed { get; init; }

    /// <summary>The size in bytes of the kept difference.</summary>
    public required long DifferenceSize { get; init; }
}

/// <summary>A text of the sources.</summary>
internal sealed record CodeFile
{
    /// <summary>Empty for the difference to the commit.</summary>
    public required string Path { get; init; }

    /// <summary>Absent if it is not text.</summary>
    public string? Text { get; init; }

    /// <summary>Why less is shown than there is.</summary>
    public string? Notice { get; init; }
}

/// <summary>With what a run was executed.</summary>
internal sealed record EnvironmentView
{
    /// <summary>Whether anything was kept.</summary>
    public required bool IsKnown { get; init; }

    /// <summary>Machine, runtime and settings by name.</summary>
    public required IReadOnlyDictionary<string, string> Facts { get; init; }

    /// <summary>Environment variables that change how a program computes.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>Every package that the program was built with.</summary>
    public required IReadOnlyList<PackageItem> Packages { get; init; }
}

/// <summary>A package.</summary>
internal sealed record PackageItem
{
    public required string Name { get; init; }
    public required string Version { get; init; }

    /// <summary><c>package</c>, <c>download</c> or <c>project</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Its hash in base 64.</summary>
    public string? Sha512 { get; init; }
}
