using Metaflow.Metadata.Records;
using Metaflow.Runtime;

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
}
