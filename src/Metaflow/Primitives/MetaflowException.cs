namespace Metaflow;

/// <summary>
/// A fault that is the user's to mend: its message says what went wrong, where, and what to do. The command line prints
/// it without a stack trace.
/// </summary>
public class MetaflowException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong, where, and what to do.</param>
    /// <param name="inner">The cause, if there is one.</param>
    public MetaflowException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>The process's exit code when this fault ends it.</summary>
    internal virtual int ExitCode => Metaflow.ExitCodes.Failed;
}

/// <summary>The command line, a parameter or an environment variable cannot be used. Nothing was created.</summary>
public sealed class UsageException : MetaflowException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was given, what was expected.</param>
    /// <param name="inner">The cause, if there is one.</param>
    public UsageException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    internal override int ExitCode => Metaflow.ExitCodes.Usage;
}

/// <summary>An artifact was read that no step on the way here has set.</summary>
/// <param name="message">Which artifact, and where it was read.</param>
public sealed class ArtifactNotSetException(string message) : MetaflowException(message);

/// <summary><see cref="FlowSpec.MergeArtifacts{TFlow}"/> found artifacts about which the branches disagree.</summary>
/// <param name="message">The conflict, and how to solve it.</param>
/// <param name="artifacts">The names of the artifacts.</param>
public sealed class MergeConflictException(string message, IReadOnlyList<string> artifacts) : MetaflowException(message)
{
    /// <summary>The names of the artifacts that differ between branches.</summary>
    public IReadOnlyList<string> Artifacts { get; } = artifacts;
}

/// <summary><see cref="FlowSpec.MergeArtifacts{TFlow}"/> was asked to include artifacts that are nowhere set.</summary>
/// <param name="message">The names, and how to solve it.</param>
/// <param name="artifacts">The names of the artifacts.</param>
public sealed class MergeMissingException(string message, IReadOnlyList<string> artifacts) : MetaflowException(message)
{
    /// <summary>The names of the artifacts that no branch has.</summary>
    public IReadOnlyList<string> Artifacts { get; } = artifacts;
}

/// <summary>An artifact's value cannot be stored or read back.</summary>
/// <param name="message">Which artifact and member, and the remedy.</param>
/// <param name="inner">The serializer's own fault, if there is one.</param>
public sealed class ArtifactSerializationException(string message, Exception? inner = null) : MetaflowException(message, inner);
