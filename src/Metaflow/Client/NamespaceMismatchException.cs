namespace Metaflow.Client;

/// <summary>The object exists, but its run is not in the client's namespace.</summary>
/// <param name="message">Which object and namespace, and how to see it.</param>
/// <param name="requestedNamespace">The client's namespace.</param>
public sealed class NamespaceMismatchException(string message, string requestedNamespace) : MetaflowException(message)
{
    /// <summary>The client's namespace: a tag that the run does not have.</summary>
    public string Namespace { get; } = requestedNamespace;

    /// <summary>What is the case, without what a program can do about it.</summary>
    internal string Fact { get; init; } = message;

    /// <summary>A tag with which the object is seen.</summary>
    internal string? VisibleIn { get; init; }

    /// <summary>The fact, and what somebody can do who types a command.</summary>
    internal string ForCommands =>
        $"{Fact} {(VisibleIn is null ? "" : $"--namespace {VisibleIn} sees it; ")}--global looks at the runs of everybody.";
}
