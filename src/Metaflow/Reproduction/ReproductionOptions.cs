using Metaflow.Configuration;

namespace Metaflow.Reproduction;

/// <summary>How a run is reproduced.</summary>
internal sealed record ReproductionOptions
{
    /// <summary>Rounding up to this is no difference, unless the user says otherwise.</summary>
    public const double DefaultTolerance = 1e-9;

    /// <summary>By how much numbers may differ to be equal.</summary>
    public double Tolerance { get; init; } = DefaultTolerance;

    /// <summary>The directory to work in, which is kept; <see langword="null"/> for a temporary one.</summary>
    public string? Directory { get; init; }

    /// <summary>Whether only to tell what can be restored.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Hears how it goes, line by line.</summary>
    public Action<string> Say { get; init; } = static _ => { };

    /// <summary>The surroundings of this process.</summary>
    public MachineEnvironment Environment { get; init; } = MachineEnvironment.Current;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
