namespace Metaflow.Comparison;

/// <summary>What two runs differ in.</summary>
public enum DifferenceKind
{
    /// <summary>How the runs, their steps or their tasks ended.</summary>
    Outcome,

    /// <summary>A parameter's value.</summary>
    Parameter,

    /// <summary>A source file.</summary>
    Code,

    /// <summary>The flow's graph: steps, transitions, decorators.</summary>
    Graph,

    /// <summary>A package that the flow uses.</summary>
    Package,

    /// <summary>A fact about where and how the run was started.</summary>
    Environment,

    /// <summary>An artifact's value.</summary>
    Artifact,

    /// <summary>Which tasks a step has.</summary>
    Tasks,

    /// <summary>How long something took.</summary>
    Timing,

    /// <summary>What tasks printed.</summary>
    Logs,

    /// <summary>The tags.</summary>
    Tags,
}

/// <summary>How something differs.</summary>
public enum DifferenceChange
{
    /// <summary>Both runs have it, and it differs.</summary>
    Changed,

    /// <summary>Only the second run has it.</summary>
    Added,

    /// <summary>Only the first run has it.</summary>
    Removed,
}
