namespace Metaflow.Client;

/// <summary>One object was asked for, and there are several.</summary>
/// <param name="message">How many there are, and how to name one.</param>
/// <param name="pathSpec">What was asked for: <c>GenreFlow/3/Rank</c>.</param>
public sealed class AmbiguousObjectException(string message, string pathSpec) : MetaflowException(message)
{
    /// <summary>What was asked for: <c>GenreFlow/3/Rank</c>.</summary>
    public string PathSpec { get; } = pathSpec;
}
