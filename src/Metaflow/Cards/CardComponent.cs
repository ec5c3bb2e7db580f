namespace Metaflow.Cards;

/// <summary>
/// A piece of a card: a table, a chart, a progress bar. It holds what it shows as it was when it was made; those with
/// an <c>Update</c> may be changed while the task runs, from any thread, and <see cref="TaskCard.Refresh"/> shows the change.
/// </summary>
/// <remarks>Your own component is a method that returns a <see cref="Section"/> of these, or <see cref="Html"/>.</remarks>
public abstract class CardComponent
{
    private protected CardComponent()
    {
    }

    /// <summary>Writes the component. Everything that came from data is escaped.</summary>
    internal abstract void Write(CardHtml html);
}
