using Metaflow.Artifacts;

namespace Metaflow;

/// <summary>What a flow object knows of the task that it stands for.</summary>
internal sealed class TaskScope
{
    /// <summary>Facts for the user's code.</summary>
    public required Current Current { get; init; }

    /// <summary>The task's artifacts.</summary>
    public required ArtifactTable Artifacts { get; init; }

    /// <summary>The foreach frames, outermost first.</summary>
    public IReadOnlyList<ForEachFrame> ForEachStack { get; init; } = [];

    /// <summary>Reads the item of the innermost foreach.</summary>
    public StoredItem? Item { get; init; }

    public int? Index => ForEachStack.Count > 0 ? ForEachStack[^1].Index : null;

    /// <summary>The scope of a flow object that no runtime runs.</summary>
    public static TaskScope Detached(FlowSpec flow)
    {
        var name = flow.GetType().Name;
        return new()
        {
            Current = new(new() { FlowName = name }, CancellationToken.None),
            Artifacts = new(name, inherited: null),
        };
    }

    public T Input<T>() => Item is { } item
        ? item.Decode<T>()
        : throw new InvalidOperationException(
            $"{Current.FlowName}: Input<T>() is read outside a foreach. Only steps between a foreach and its join have an item.");
}

/// <summary>A stored foreach item.</summary>
/// <param name="Encoding">The format of its bytes.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record StoredItem(string Encoding, ReadOnlyMemory<byte> Content)
{
    public T Decode<T>() => ArtifactCodec.Decode<T>("item", Encoding, Content);
}
