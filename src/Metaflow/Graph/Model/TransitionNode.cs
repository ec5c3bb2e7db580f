namespace Metaflow.Graph;

/// <summary>The shape of a transition. It has members that a running step cannot return, hence not <c>TransitionKind</c>.</summary>
internal enum TransitionShape
{
    Linear,
    Split,
    ForEach,
    Parallel,

    /// <summary>Not readable from the source: the target is chosen by an expression. A mistake.</summary>
    Computed,
}

/// <summary>One <c>return Next…(…)</c> of a step.</summary>
internal sealed record TransitionNode(TransitionShape Kind, EquatableArray<string> Targets)
{
    /// <summary>A foreach's item type, without namespaces; <see langword="null"/> if it is not known.</summary>
    public string? ItemType { get; init; }

    /// <summary>Why the order of a foreach's items may differ from run to run; <see langword="null"/> if it may not.</summary>
    public string? Unordered { get; init; }

    /// <summary>Whether the call's result is dropped instead of returned.</summary>
    public bool IsDropped { get; init; }

    /// <summary>The call.</summary>
    public SourceSpan Location { get; init; }

    /// <summary>Where each of <see cref="Targets"/> is named, in the same order.</summary>
    public EquatableArray<SourceSpan> TargetLocations { get; init; }

    /// <summary>A foreach's items expression.</summary>
    public SourceSpan ItemsLocation { get; init; }

    /// <summary>Whether several tasks follow that a join has to unite.</summary>
    public bool OpensSplit => Kind is TransitionShape.Split or TransitionShape.ForEach or TransitionShape.Parallel;

    /// <summary>Where the target at an index is named.</summary>
    public SourceSpan LocationOf(int target) => target < TargetLocations.Count ? TargetLocations[target] : Location;
}
