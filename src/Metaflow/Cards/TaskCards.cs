namespace Metaflow.Cards;

/// <summary>
/// The cards of the task that is running. What is appended here goes to the default one: the step's only editable card;
/// of several the one with <see cref="CardAttribute.Customize"/>, else the only one without an id. Without
/// <see cref="CardAttribute"/> everything here does nothing, and the log says so once.
/// </summary>
public sealed class TaskCards
{
    private readonly string _owner;
    private readonly Action<string> _warn;
    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);
    private readonly TaskCard? _default;
    private readonly string _why;
    private readonly bool _isDetached;

    internal TaskCards(string owner, IReadOnlyList<(TaskCard Card, bool IsEditable, bool IsCustom)> cards, Action<string> warn)
    {
        _owner = owner;
        _warn = warn;
        All = [.. cards.Select(card => card.Card)];
        (_default, _why) = Choose([.. cards.Where(card => card.IsEditable)], cards.Count);
    }

    private TaskCards()
    {
        _isDetached = true;
        _default = new(DefaultCard.TypeName, null, null);
        (_owner, _warn, _why, All) = ("", _ => { }, "", [_default]);
    }

    /// <summary>All cards of the step, in the order in which they are written. Outside a run, one that only remembers.</summary>
    public IReadOnlyList<TaskCard> All { get; }

    /// <summary>What was appended to the default card.</summary>
    public IReadOnlyList<CardComponent> Components => Default.Components;

    private TaskCard Default => _default ?? Lost("", _why);

    /// <summary>A card by its id. If there is none, or several, the log says so once, and what is done to the result has no effect.</summary>
    /// <param name="id">The id.</param>
    public TaskCard this[string id]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(id);
            var found = All.Where(card => card.Id == id).ToList();
            return found.Count == 1 ? found[0]
                : _isDetached ? Default
                : Lost(id, found.Count > 1
                    ? $"has {found.Count} cards with the id '{id}', so it is not clear which one is meant. Give each its own id."
                    : All.Count == 0 ? _why
                    : $"has no card with the id '{id}'. Its cards: {string.Join(", ", All)}.");
        }
    }

    /// <summary>The cards of a type.</summary>
    /// <param name="type">The type's name: <c>default</c>.</param>
    public IReadOnlyList<TaskCard> OfType(string type) => [.. All.Where(card => card.Type == type)];

    /// <summary>Appends components to the default card.</summary>
    /// <param name="components">From top to bottom.</param>
    public void Append(params ReadOnlySpan<CardComponent> components) => Default.Append(components);

    /// <summary>Appends any value to the default card, shown as an <see cref="ArtifactView"/>.</summary>
    /// <param name="value">The value, as it is now.</param>
    /// <param name="name">What it is; by default the expression in the code.</param>
    public void Append(object? value, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(value))] string? name = null) =>
        Default.Append(value, name);

    /// <summary>Takes everything away that was appended to the default card.</summary>
    public void Clear() => Default.Clear();

    /// <summary>Replaces everything that was appended to the default card, in one step.</summary>
    /// <param name="components">From top to bottom.</param>
    public void Replace(params IEnumerable<CardComponent> components) => Default.Replace(components);

    /// <summary>Shows the default card as it is now to whoever looks while the task runs; see <see cref="TaskCard.Refresh"/>.</summary>
    public void Refresh() => Default.Refresh();

    /// <summary>The cards of a flow object that no runtime runs: one that remembers what is appended, for a test to look at.</summary>
    internal static TaskCards Detached() => new();

    private static (TaskCard?, string) Choose(List<(TaskCard Card, bool IsEditable, bool IsCustom)> editable, int count)
    {
        if (count == 0)
        {
            return (null, "has no card. Write [Card] on it, or start the run with '--with card'.");
        }

        var custom = editable.Where(card => card.IsCustom).ToList();
        var nameless = editable.Where(card => card.Card.Id is null).ToList();
        var chosen = custom.Count == 1 ? custom[0].Card : editable.Count == 1 ? editable[0].Card : nameless.Count == 1 ? nameless[0].Card : null;
        return (chosen, editable.Count == 0
            ? "has no card that can be changed without naming it. Use Current.Card[\"id\"]."
            : $"has {editable.Count} cards, and none of them is the default. Name one, Current.Card[\"id\"], or set Customize on one.");
    }

    private TaskCard Lost(string key, string why)
    {
        lock (_warned)
        {
            if (_warned.Add(key))
            {
                _warn($"{_owner} {why} What it appends is lost.");
            }
        }

        return new(DefaultCard.TypeName, null, null);
    }
}
