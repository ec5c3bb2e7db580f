namespace Metaflow.Metadata.Index;

/// <summary>How patient the index is.</summary>
internal sealed record IndexOptions
{
    /// <summary>How long to wait while another process holds the index.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long to wait for others to let go of an index that must be discarded.</summary>
    public TimeSpan DiscardTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The clock for both.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
