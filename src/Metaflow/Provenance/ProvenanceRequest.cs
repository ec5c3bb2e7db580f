namespace Metaflow.Provenance;

/// <summary>How much of the sources is kept with a run.</summary>
internal enum SnapshotScope
{
    /// <summary>The program and the projects that it refers to.</summary>
    All,

    /// <summary>The program's own file or project.</summary>
    Program,

    /// <summary>No sources.</summary>
    None,
}

/// <summary>What to keep of what produces a run.</summary>
internal sealed record ProvenanceRequest
{
    /// <summary>The version of Metaflow.</summary>
    public required string Version { get; init; }

    /// <summary>The directory in which the program was started.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The environment variables that change how a program computes.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>How much of the sources is kept.</summary>
    public SnapshotScope Scope { get; init; }

    /// <summary>Whether the run is started by code of the program.</summary>
    public bool IsFromCode { get; init; }

    /// <summary>The most files; what is left out is told.</summary>
    public int MaximumFiles { get; init; } = 5_000;

    /// <summary>The most bytes of all files together.</summary>
    public long MaximumBytes { get; init; } = 64 << 20;

    /// <summary>Larger files are left out.</summary>
    public long MaximumFileBytes { get; init; } = 8 << 20;

    /// <summary>What the program was built from; found out if it is not given.</summary>
    public ProgramSource? Source { get; init; }
}
