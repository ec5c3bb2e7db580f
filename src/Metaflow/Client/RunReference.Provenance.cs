using Metaflow.Provenance;

namespace Metaflow.Client;

/// <content>What produced the run.</content>
public sealed partial class RunReference
{
    /// <summary>
    /// The sources of the program that executed the run; <see langword="null"/> if nothing about them was kept: the run was started
    /// by an older version, or has only just begun. Loaded when it is asked for.
    /// </summary>
    /// <exception cref="CorruptDataException">The record is damaged.</exception>
    public RunCode? Code => Stored.Provenance is { } record ? new(Stored, record) : null;

    /// <summary>
    /// The machine, the runtime and the packages with which the run was executed; <see langword="null"/> as for <see cref="Code"/>.
    /// </summary>
    /// <exception cref="CorruptDataException">The record is damaged.</exception>
    public RunEnvironment? Environment => Stored.Provenance?.Environment;

    /// <summary>The attempts to reproduce the run, oldest first: <c>metaflow reproduce</c>. Read each time.</summary>
    /// <exception cref="CorruptDataException">A record is damaged.</exception>
    public IReadOnlyList<RunReproduction> Reproductions => Stored.ReadReproductions();
}
