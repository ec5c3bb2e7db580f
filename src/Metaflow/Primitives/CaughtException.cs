namespace Metaflow;

/// <summary>An exception as stored data.</summary>
/// <param name="Type">The exception's full type name, or what ended the process.</param>
/// <param name="Message">The exception's message.</param>
/// <param name="StackTrace">The stack trace as text, with inner exceptions.</param>
public sealed record CaughtException(string Type, string Message, string? StackTrace);
