namespace Metaflow;

/// <summary>
/// Declares what the step's result depends on beside its code, its artifacts and the parameters: <c>run --reuse</c> executes
/// the step again when it has changed. With this attribute a step that reads files, the clock, the network or the like can
/// be taken over; without, it is executed each time. It changes nothing else.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class DependsOnAttribute : StepDecorator
{
    /// <summary>A file or directory, by its path from the working directory; its content counts. Default: none.</summary>
    public string? File { get; set; }

    /// <summary>An environment variable; its value counts, of which only a hash is stored. Default: none.</summary>
    public string? Variable { get; set; }

    /// <summary>Any text, such as a date or a number, for what cannot be named: the step is executed again when the text has changed. Default: none.</summary>
    public string? Version { get; set; }

    /// <inheritdoc/>
    protected internal override string? Validate() =>
        string.IsNullOrEmpty(File) && string.IsNullOrEmpty(Variable) && string.IsNullOrEmpty(Version) ? "name a File, a Variable or a Version." : null;
}
