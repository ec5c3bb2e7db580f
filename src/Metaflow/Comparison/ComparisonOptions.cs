namespace Metaflow.Comparison;

/// <summary>How far a comparison goes.</summary>
public sealed record ComparisonOptions
{
    /// <summary>Only differences of these kinds. Default: all kinds.</summary>
    public IReadOnlyList<DifferenceKind> Kinds { get; init; } = [];

    /// <summary>The most tasks of each run that are compared. What is left out is told. Default: 200,000.</summary>
    public int MaximumTasks { get; init; } = 200_000;

    /// <summary>The most lines of <see cref="RunDifference.Details"/>. Default: 40.</summary>
    public int MaximumDetails { get; init; } = 40;

    /// <summary>Values with more bytes are compared by their identity alone. Default: 64 MiB.</summary>
    public long MaximumValueSize { get; init; } = 64 << 20;

    internal bool Wants(DifferenceKind kind) => Kinds.Count == 0 || Kinds.Contains(kind);
}
