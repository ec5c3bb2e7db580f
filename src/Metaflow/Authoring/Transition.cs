namespace Metaflow;

/// <summary>How a step hands over to the next ones.</summary>
public enum TransitionKind
{
    /// <summary>To one step.</summary>
    Linear,

    /// <summary>To several different steps side by side.</summary>
    Split,

    /// <summary>To one step, once for each item.</summary>
    ForEach,
}

/// <summary>What a step returns: where the flow goes next.</summary>
public sealed class Transition
{
    private Transition(TransitionKind kind, IReadOnlyList<string> targets, ForEachItems? items = null)
    {
        Kind = kind;
        Targets = targets;
        ForEachItems = items;
    }

    /// <summary>The shape of the transition.</summary>
    public TransitionKind Kind { get; }

    /// <summary>The names of the target steps, in the order given.</summary>
    public IReadOnlyList<string> Targets { get; }

    /// <summary>The items of a foreach, in order; empty for other kinds. Enumerating it enumerates the source.</summary>
    public IEnumerable<object?> Items => ForEachItems?.Boxed ?? [];

    internal ForEachItems? ForEachItems { get; }

    /// <summary>To steps that are known by name only, because the graph names them.</summary>
    internal static Transition ToNamed(IReadOnlyList<string> targets) =>
        new(targets.Count == 1 ? TransitionKind.Linear : TransitionKind.Split, targets);

    internal static Transition To(Delegate step) => new(TransitionKind.Linear, [NameOf(step)]);

    internal static Transition Split(IEnumerable<Delegate> steps) => new(TransitionKind.Split, [.. steps.Select(NameOf)]);

    internal static Transition ForEach<TItem>(IEnumerable<TItem> items, Delegate step)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new(TransitionKind.ForEach, [NameOf(step)], new ForEachItems<TItem>(items));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Kind} → {string.Join(", ", Targets)}";

    private static string NameOf(Delegate step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return step.Method.Name;
    }
}
