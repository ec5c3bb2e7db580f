using Metaflow.Artifacts;

namespace Metaflow.Cards;

/// <summary>What a stored card stands for; the numbers are stored.</summary>
public enum CardStatus
{
    /// <summary>The task ended and its card was rendered.</summary>
    Complete = 1,

    /// <summary>The attempt failed or was ended: the card shows what it had at its end.</summary>
    Incomplete = 2,

    /// <summary>The card could not be rendered; it says why.</summary>
    Broken = 3,

    /// <summary>The task is running, and the card will change.</summary>
    Live = 4,
}

/// <summary>A card in the record of an attempt.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Id">Its id; <see langword="null"/> if it has none.</param>
/// <param name="Status">What it stands for.</param>
/// <param name="Content">Where its document is: in the record or in a blob.</param>
internal sealed record StoredCard(string Type, string? Id, CardStatus Status, StoredArtifact Content)
{
    /// <summary>The encoding of a card's document, see <see cref="CardDocument"/>.</summary>
    public const string Encoding = "card";
}
