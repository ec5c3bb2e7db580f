namespace Metaflow.Cards;

/// <summary>
/// A kind of card: decides what a card shows. Derive from it, register it in an extension with
/// <see cref="IExtensionRegistry.AddCardType{T}"/>, and choose it with <c>[Card(Type = "…")]</c>.
/// </summary>
public abstract class CardType
{
    /// <summary>The name by which <c>[Card]</c> chooses it: lower-case letters, digits, <c>-</c> and <c>_</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether what a step appends is shown by default; a card that is not editable can still be addressed by its id.</summary>
    public virtual bool IsEditable => true;

    /// <summary>What the card shows. Called when the attempt has ended, and at each refresh while it runs.</summary>
    /// <param name="context">The task, and what its step has appended.</param>
    /// <returns>From top to bottom. An exception becomes a card that says what went wrong; it never fails the task.</returns>
    public abstract IEnumerable<CardComponent> Render(CardContext context);
}
