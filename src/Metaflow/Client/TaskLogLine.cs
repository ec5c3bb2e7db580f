namespace Metaflow.Client;

/// <summary>A line that a task printed.</summary>
/// <param name="Time">When it was printed.</param>
/// <param name="IsError">Whether it went to standard error.</param>
/// <param name="Text">The line without its end.</param>
public sealed record TaskLogLine(DateTimeOffset Time, bool IsError, string Text);
