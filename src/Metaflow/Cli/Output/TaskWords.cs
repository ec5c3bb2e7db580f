using Metaflow.Metadata.Records;

namespace Metaflow.Cli.Output;

/// <summary>Words that both displays use.</summary>
internal static class TaskWords
{
    public static string Failed(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.WillRetry => "Task failed; it will be retried.",
        AttemptOutcome.Caught => "Task failed; its Catch lets the flow go on.",
        _ => "Task failed.",
    };

    /// <summary>Whether a line of a task's output is the headline of its exception, which a trace follows.</summary>
    public static bool IsFailureHeadline(string line) =>
        line.StartsWith("<flow ", StringComparison.Ordinal) && line.EndsWith("failed:", StringComparison.Ordinal);
}
