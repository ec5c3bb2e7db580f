namespace Metaflow.Graph;

/// <summary>
/// Which artifacts a step reads and writes. What is not certain counts as a write and does not count as a read before a
/// write, so that rules built on it do not cry wolf.
/// </summary>
internal sealed record StepDataflow
{
    public static readonly StepDataflow None = new();

    /// <summary>Artifacts that are read where the step itself has not set them before; the first place of each.</summary>
    public EquatableArray<ArtifactUse> Reads { get; init; }

    /// <summary>Artifacts of branches that a join reads: <c>inputs[0].Score</c>; the first place of each.</summary>
    public EquatableArray<ArtifactUse> BranchReads { get; init; }

    /// <summary>Artifacts that the step may set.</summary>
    public EquatableArray<string> Writes { get; init; }

    /// <summary>The calls of <c>MergeArtifacts</c>.</summary>
    public EquatableArray<ArtifactMergeCall> Merges { get; init; }

    /// <summary>The calls of <c>Input&lt;T&gt;()</c>.</summary>
    public EquatableArray<InputUse> Inputs { get; init; }

    /// <summary>Assignments to parameters.</summary>
    public EquatableArray<ArtifactUse> ParameterWrites { get; init; }
}

/// <summary>A place where an artifact or parameter is used.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Location">The name, or the call of the helper method that uses it.</param>
/// <param name="AfterMerge">Whether a call of <c>MergeArtifacts</c> comes before.</param>
internal sealed record ArtifactUse(string Name, SourceSpan Location, bool AfterMerge = false);

/// <summary>What a call of <c>MergeArtifacts</c> carries over.</summary>
/// <param name="Includes">Whether only <paramref name="Names"/> are carried over; otherwise all but them.</param>
/// <param name="Names">The names given.</param>
internal sealed record ArtifactMergeCall(bool Includes, EquatableArray<string> Names);

/// <summary>A call of <c>Input&lt;T&gt;()</c>.</summary>
/// <param name="Type">The type argument, without namespaces.</param>
/// <param name="OfBranch">Whether it asks a branch of a join.</param>
/// <param name="Location">The call.</param>
internal sealed record InputUse(string Type, bool OfBranch, SourceSpan Location);
