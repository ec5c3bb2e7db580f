namespace Metaflow.Provenance;

/// <summary>What produced a run: sources, packages, machine. Stored in one record; see docs/formats/run-records.md.</summary>
internal sealed record ProvenanceRecord
{
    /// <summary>When the sources were read.</summary>
    public DateTimeOffset Taken { get; init; }

    public SourceKind Kind { get; init; }

    /// <summary>The file or project that is built, by its path in the snapshot.</summary>
    public string? Entry { get; init; }

    /// <summary>Where the snapshot's root was.</summary>
    public string? Root { get; init; }

    /// <summary>What is not in the snapshot, and why.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Projects that belong to the program and are left out on purpose, by their paths below the root.</summary>
    public IReadOnlyList<string> Outside { get; init; } = [];

    /// <summary>Whether the packages are all that the build needs, and not only what is known of them.</summary>
    public bool HasAllPackages { get; init; }

    /// <summary>Whether the run was started by code of the program, so that its command line does not start it.</summary>
    public bool IsFromCode { get; init; }

    public GitState? Git { get; init; }

    public RunEnvironment Environment { get; init; } = new();

    public IReadOnlyList<SourceFile> Files { get; init; } = [];
}
