using System.Globalization;
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

    public static string Adopted(string originRunId, int tasks) => tasks == 1
        ? $"Took over 1 finished task of run {originRunId}; it is not executed again."
        : string.Create(CultureInfo.InvariantCulture, $"Took over {tasks:N0} finished tasks of run {originRunId}; they are not executed again.");

    /// <summary>Whether a line of a task's output is the headline of its exception, which a trace follows.</summary>
    public static bool IsFailureHeadline(string line) =>
        line.StartsWith("<flow ", StringComparison.Ordinal) && line.EndsWith("failed:", StringComparison.Ordinal);
}
