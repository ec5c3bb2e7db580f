using System.Globalization;
using System.Text.Json.Nodes;
using Metaflow.Client;

namespace Metaflow.Tool.Query;

/// <summary>The objects of a store as JSON; docs/query.md describes their members, which are added to and never change.</summary>
internal static class QueryDocuments
{
    private const int LongestMessage = 2_000;
    private const int LongestTrace = 4_000;

    public static JsonObject Of(FlowReference flow)
    {
        var latest = flow.LatestRun;
        return new()
        {
            ["flow"] = flow.Name,
            ["latestRun"] = latest?.Id,
            ["latestStatus"] = latest is null ? null : Word(latest.Status),
            ["latestStarted"] = latest is null ? null : Time(latest.Started),
            ["latestSuccessfulRun"] = flow.LatestSuccessfulRun?.Id,
        };
    }

    public static JsonObject Of(RunReference run)
    {
        var status = run.Status;
        return new()
        {
            ["path"] = run.PathSpec,
            ["flow"] = run.FlowName,
            ["run"] = run.Id,
            ["status"] = Word(status),
            ["user"] = run.User,
            ["started"] = Time(run.Started),
            ["finished"] = run.Finished is { } finished ? Time(finished) : null,
            ["seconds"] = run.Duration is { } duration ? Seconds(duration) : null,
            ["tags"] = Strings(run.Tags),
            ["systemTags"] = Strings(run.SystemTags),
            ["resumed"] = run.OriginRunId,
            ["failure"] = Short(run.Failure, LongestMessage),
        };
    }

    public static JsonObject Of(StepReference step, int running)
    {
        var attempts = step.Attempts;
        return new()
        {
            ["path"] = step.PathSpec,
            ["step"] = step.Name,
            ["tasks"] = step.TaskCount,
            ["running"] = running,
            ["succeeded"] = attempts.GetValueOrDefault(TaskOutcome.Succeeded),
            ["failed"] = attempts.GetValueOrDefault(TaskOutcome.Failed),
            ["caught"] = attempts.GetValueOrDefault(TaskOutcome.Caught),
            ["retries"] = attempts.GetValueOrDefault(TaskOutcome.Retrying),
            ["started"] = Time(step.Started),
            ["finished"] = Time(step.Finished),
            ["parents"] = Strings(step.ParentSteps),
            ["children"] = Strings(step.ChildSteps),
        };
    }

    /// <summary>A step of which no task has ended.</summary>
    public static JsonObject OfRunningStep(RunReference run, string step, int running) => new()
    {
        ["path"] = $"{run.PathSpec}/{step}", ["step"] = step, ["tasks"] = 0, ["running"] = running,
    };

    public static JsonObject Of(TaskReference task)
    {
        var document = new JsonObject
        {
            ["path"] = task.PathSpec,
            ["flow"] = task.Run.FlowName,
            ["run"] = task.Run.Id,
            ["step"] = task.StepName,
            ["task"] = task.Id,
            ["outcome"] = Word(task.Outcome),
            ["attempt"] = task.Attempt,
            ["started"] = Time(task.Started),
            ["finished"] = Time(task.Finished),
            ["seconds"] = Seconds(task.Duration),
            ["item"] = task.Label,
            ["foreach"] = new JsonArray([.. task.ForEachStack.Select(Frame)]),
        };
        if (task.Exception is { } exception)
        {
            document["error"] = new JsonObject
            {
                ["type"] = exception.Type,
                ["message"] = Short(exception.Message, LongestMessage),
                ["trace"] = Short(exception.StackTrace, LongestTrace),
            };
        }

        return document;
    }

    public static JsonObject Of(RunningTask task) => new()
    {
        ["path"] = task.PathSpec,
        ["flow"] = task.Run.FlowName,
        ["run"] = task.Run.Id,
        ["step"] = task.StepName,
        ["task"] = task.Id,
        ["outcome"] = "running",
        ["attempt"] = task.Attempt,
        ["started"] = Time(task.Started),
        ["seconds"] = Seconds(task.Run.Stored.Client.Time.GetUtcNow() - task.Started),
        ["item"] = task.Label,
    };

    /// <summary>An artifact; its value if it is no larger than asked for.</summary>
    public static JsonObject Of(ArtifactReference artifact, string kind, int maximumValueSize)
    {
        var summary = artifact.Describe(maximumValueSize);
        var document = new JsonObject
        {
            ["path"] = artifact.PathSpec,
            ["name"] = artifact.Name,
            ["kind"] = kind,
            ["encoding"] = artifact.Encoding,
            ["size"] = artifact.Size,
            ["sha256"] = artifact.Sha256,
            ["text"] = summary.Text,
        };
        if (summary.IsTooLarge)
        {
            document["tooLarge"] = true;
        }
        else
        {
            document["value"] = JsonNode.Parse(summary.Json.Span);
        }

        return document;
    }

    public static JsonObject Of(TaskLogLine line, long number) => new()
    {
        ["line"] = number,
        ["time"] = Time(line.Time),
        ["stream"] = line.IsError ? "stderr" : "stdout",
        ["text"] = line.Text,
    };

    /// <summary>ISO 8601 in UTC.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    private static JsonNode Frame(ForEachFrame frame) => new JsonObject
    {
        ["step"] = frame.Step, ["index"] = frame.Index, ["count"] = frame.Count, ["item"] = frame.Label,
    };

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 6);

    private static JsonArray Strings(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string? Short(string? text, int longest) => text?.Length > longest ? text[..longest] + "…" : text;
}
