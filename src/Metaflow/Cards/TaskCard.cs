using System.Globalization;

namespace Metaflow.Cards;

/// <summary>One card of the task that is running. What is appended is shown when the task has ended, or at a refresh.</summary>
public sealed class TaskCard
{
    private readonly Lock _gate = new();
    private readonly List<CardComponent> _components = [];
    private readonly Action? _refresh;

    internal TaskCard(string type, string? id, Action? refresh)
    {
        Type = type;
        Id = id;
        _refresh = refresh;
    }

    /// <summary>Its type: <c>default</c>.</summary>
    public string Type { get; }

    /// <summary>Its id; <see langword="null"/> if it has none.</summary>
    public string? Id { get; }

    /// <summary>What was appended, as it is now.</summary>
    public IReadOnlyList<CardComponent> Components
    {
        get
        {
            lock (_gate)
            {
                return [.. _components];
            }
        }
    }

    /// <summary>Appends components.</summary>
    /// <param name="components">From top to bottom.</param>
    public void Append(params ReadOnlySpan<CardComponent> components)
    {
        lock (_gate)
        {
            foreach (var component in components)
            {
                ArgumentNullException.ThrowIfNull(component, nameof(components));
                _components.Add(component);
            }
        }
    }

    /// <summary>Appends any value, shown as an <see cref="ArtifactView"/>.</summary>
    /// <param name="value">The value, as it is now.</param>
    /// <param name="name">What it is; by default the expression in the code.</param>
    public void Append(object? value, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(value))] string? name = null) =>
        Append(value as CardComponent ?? new ArtifactView(value, name));

    /// <summary>Takes everything away that was appended.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _components.Clear();
        }
    }

    /// <summary>Replaces everything that was appended, in one step.</summary>
    /// <param name="components">From top to bottom.</param>
    public void Replace(params IEnumerable<CardComponent> components)
    {
        CardComponent[] all = [.. components ?? throw new ArgumentNullException(nameof(components))];
        lock (_gate)
        {
            _components.Clear();
            _components.AddRange(all);
        }
    }

    /// <summary>
    /// Shows the card as it is now to whoever looks while the task runs. Call it as often as you like: it is done at most every
    /// <see cref="CardAttribute.RefreshSeconds"/>, the last call always.
    /// </summary>
    public void Refresh() => _refresh?.Invoke();

    /// <summary>The type and the id.</summary>
    public override string ToString() => Id is null ? Type : string.Create(CultureInfo.InvariantCulture, $"{Type} '{Id}'");
}
