namespace Metaflow.Graph;

/// <summary>How bad a problem is.</summary>
internal enum ProblemSeverity
{
    /// <summary>The flow runs, but hardly as meant.</summary>
    Warning,

    /// <summary>The flow cannot run.</summary>
    Error,
}

/// <summary>A rule that flows are held to. Each has a section in docs/diagnostics.md; ids are never given anew.</summary>
/// <param name="Id">Such as <c>MF0010</c>.</param>
/// <param name="Title">What the rule asks for, in a few words.</param>
/// <param name="Severity">How bad a violation is.</param>
internal sealed record Rule(string Id, string Title, ProblemSeverity Severity);

/// <summary>A violation of a rule.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Location">The exact place; not known if the source is in another assembly.</param>
internal sealed record GraphProblem(Rule Rule, string Message, SourceSpan Location)
{
    public string Id => Rule.Id;

    public ProblemSeverity Severity => Rule.Severity;

    /// <summary>The step that it is about, if it is about one.</summary>
    public string? Step { get; init; }

    /// <summary>The name that a remedy needs: the artifact to merge, the step that was probably meant.</summary>
    public string? Subject { get; init; }

    /// <summary>The other step that a remedy needs: the join at which an artifact is lost.</summary>
    public string? Join { get; init; }

    /// <summary>As <c>check</c> prints it: <c>genres.cs(12,5): error MF0030: …</c>.</summary>
    public override string ToString() =>
        (Location.IsKnown ? $"{Location}: " : "") + $"{(Severity == ProblemSeverity.Error ? "error" : "warning")} {Id}: {Message}";
}
