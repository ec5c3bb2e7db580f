namespace Metaflow.Runtime.Logs;

/// <summary>What the .NET runtime writes to standard error when it ends a process: the true cause, which the signal does not tell.</summary>
internal static class DyingWords
{
    private const string Unhandled = "Unhandled exception. ";
    private const string FailFast = "Process terminated.";
    private const string StackOverflow = "Stack overflow.";
    private const string OutOfMemory = "Out of memory.";

    /// <summary>What was said, after one more line of standard error.</summary>
    public static string? Hear(string? before, string line) =>
        line.StartsWith(Unhandled, StringComparison.Ordinal) || line.StartsWith(FailFast, StringComparison.Ordinal)
            || line.StartsWith(StackOverflow, StringComparison.Ordinal) || line.StartsWith(OutOfMemory, StringComparison.Ordinal) ? line

            // The message of FailFast is on the next line.
            : before == FailFast && !line.StartsWith("   at ", StringComparison.Ordinal) ? $"{FailFast} {line}"
            : before;

    /// <summary>What happened, for the end of a sentence; <see langword="null"/> if the line does not say.</summary>
    public static string? Explain(string? line) => line switch
    {
        null => null,
        _ when line.StartsWith(Unhandled, StringComparison.Ordinal) =>
            $"an exception on another thread that nobody handled: {line[Unhandled.Length..]}",
        _ when line.StartsWith(StackOverflow, StringComparison.Ordinal) => "a stack overflow; its log shows the calls",
        _ when line.StartsWith(OutOfMemory, StringComparison.Ordinal) => "it could not get more memory",
        _ when line.Length > FailFast.Length => $"Environment.FailFast: {line[FailFast.Length..].Trim()}",
        _ => "Environment.FailFast",
    };
}
