namespace Metaflow.Client;

/// <summary>There is no such flow, run, step, task or artifact in the store.</summary>
/// <param name="message">What was looked for, where, and what there is instead.</param>
/// <param name="pathSpec">What was looked for: <c>GenreFlow/3/Rank/17</c>.</param>
public sealed class ObjectNotFoundException(string message, string pathSpec) : MetaflowException(message)
{
    /// <summary>What was looked for: <c>GenreFlow/3/Rank/17</c>.</summary>
    public string PathSpec { get; } = pathSpec;
}
