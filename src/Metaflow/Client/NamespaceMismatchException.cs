namespace Metaflow.Client;

/// <summary>The object exists, but its run is not in the client's namespace.</summary>
/// <param name="message">Which object and namespace, and how to see it.</param>
/// <param name="requestedNamespace">The client's namespace.</param>
public sealed class NamespaceMismatchException(string message, string requestedNamespace) : MetaflowException(message)
{
    /// <summary>The client's namespace: a tag that the run does not have.</summary>
    public string Namespace { get; } = requestedNamespace;
}
