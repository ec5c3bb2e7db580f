using System.Globalization;
using Metaflow.Runtime;

namespace Metaflow.Cli.Output;

/// <summary>What <c>run</c> says when the run has ended: how it went, how long it took, and how to open the result.</summary>
internal static class RunSummary
{
    /// <summary>Writes the summary.</summary>
    /// <param name="context">The command.</param>
    /// <param name="result">How the run ended.</param>
    /// <param name="failure">The task that failed first, if one did.</param>
    /// <param name="interrupted">The exit code of an interrupted run.</param>
    /// <returns>The exit code.</returns>
    public static int Write(VerbContext context, RunResult result, TaskAttempt? failure, int interrupted = ExitCodes.Interrupted)
    {
        context.Out.Flush();
        if (result.Status == RunStatus.Failed)
        {
            FaultReport.WriteBlock(context.Error, result.Failure ?? "The run failed.");
        }

        if (!context.IsQuiet)
        {
            WriteHints(context, result, failure);
        }

        return result.Status switch
        {
            RunStatus.Succeeded => ExitCodes.Ok,
            RunStatus.Interrupted => interrupted,
            _ when result.IsTimedOut => ExitCodes.TimedOut,
            _ => ExitCodes.Failed,
        };
    }

    private static string Reused(RunResult result) => result.ReusedTasks is { } count ? $"; {count} of them were taken over from earlier runs" : "";

    private static void WriteHints(VerbContext context, RunResult result, TaskAttempt? failure)
    {
        var tasks = result.Tasks == 1 ? "1 task" : string.Create(CultureInfo.InvariantCulture, $"{result.Tasks:N0} tasks");
        var verdict = result.Status switch
        {
            RunStatus.Succeeded => "succeeded",
            RunStatus.Interrupted => "was interrupted",
            _ => "failed",
        };
        context.Error.WriteLine($"Run {result.RunId} {verdict}: {tasks} finished in {Duration.Format(result.Elapsed)}{Reused(result)}.");

        var hint = result.Status == RunStatus.Succeeded ? $"See the result: {context.Host.Program} dump {result.RunId}/{context.Graph.EndStep?.Name}"
            : failure is { } task ? $"See its log: {context.Host.Program} logs {result.RunId}/{task.Step}/{task.TaskId}"
            : null;
        if (hint is not null)
        {
            context.Error.WriteLine(hint);
        }

        if (result.ReusedTasks < result.Tasks)
        {
            context.Error.WriteLine($"See why the others ran: {context.Host.Program} explain {result.RunId}");
        }

        if (result.Status != RunStatus.Succeeded)
        {
            context.Error.WriteLine($"Continue it: {context.Host.Program} resume --origin-run-id {result.RunId}");
        }
    }
}
