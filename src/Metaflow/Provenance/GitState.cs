using Metaflow.Storage;

namespace Metaflow.Provenance;

/// <summary>The state of the git repository that a program's sources are in.</summary>
public sealed record GitState
{
    /// <summary>The commit; <see langword="null"/> before the first one.</summary>
    public string? Commit { get; init; }

    /// <summary>The branch; <see langword="null"/> if none is checked out.</summary>
    public string? Branch { get; init; }

    /// <summary>The files of the snapshot that are not as in the commit, or not in it, by their paths in the snapshot.</summary>
    public IReadOnlyList<string> Changed { get; init; } = [];

    /// <summary>Whether any file of the snapshot differs from the commit.</summary>
    public bool IsDirty => Changed.Count > 0;

    /// <summary>The size in bytes of the kept difference to the commit; 0 if there is none.</summary>
    public long DiffSize { get; init; }

    /// <summary>Where the difference is kept.</summary>
    internal ContentHash Diff { get; init; }
}
