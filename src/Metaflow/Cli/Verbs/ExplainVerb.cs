using System.Globalization;
using Metaflow.Cli.Output;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Reading;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;

namespace Metaflow.Cli.Verbs;

/// <summary><c>explain</c>: says why each task ran or was taken over.</summary>
internal sealed class ExplainVerb : CliVerb
{
    private static readonly CliOption Json = new("json", "A JSON object for each task, one on a line.") { Verb = "explain" };

    public override CliArgument Argument => new("PATHSPEC", PathSpec.Description, IsRequired: true);

    public override IReadOnlyList<CliOption> Options => [Json];

    public override IReadOnlyList<string> Examples => ["explain latest", "explain 3/Rank", "explain 3/Rank/17 --json"];

    public override Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        using var source = RunSource.Open(context);
        var adopted = source.Folder.Claim().AdoptedSegments;
        var tasks = source.Tasks().Select(task =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Explain(source, task, adopted);
        });
        if (context.Options.Has(Json))
        {
            foreach (var task in tasks)
            {
                WriteJson(context, source, task);
            }
        }
        else if (source.Path.Step is null)
        {
            WriteSummary(context, source, tasks);
        }
        else
        {
            var isAny = false;
            foreach (var (task, verdict, reason) in tasks)
            {
                isAny = true;
                context.Out.WriteLine($"{source.Path.RunId}/{task.Step}/{task.TaskId} {verdict}: {reason}");
            }

            return isAny ? Task.FromResult(ExitCodes.Ok)
                : throw (source.Path.TaskId is null ? new MetaflowException($"No task of step {source.Path.Step} in run {source.Path.RunId} has ended.") : source.NoTask());
        }

        return Task.FromResult(ExitCodes.Ok);
    }

    private static (TaskEntry Task, string Verdict, string Reason) Explain(RunSource source, TaskEntry task, int adopted)
    {
        var attempt = source.Reader.Attempt(task);
        return task.Address.Segment <= adopted ? (task, "resumed", $"it had finished in run {source.Reader.Info.Started.OriginRunId}, which this run resumes, or before")
            : attempt.ReusedFrom is { } from ? (task, "reused", $"nothing that it depends on has changed since {from}")
            : (task, "ran", attempt.Why ?? "the run was started without --reuse");
    }

    /// <summary>Tasks of a step with the same reason are one line: a step may have a hundred thousand of them.</summary>
    private static void WriteSummary(VerbContext context, RunSource source, IEnumerable<(TaskEntry Task, string Verdict, string Reason)> tasks)
    {
        var rows = new List<string[]> { (string[])["STEP", "TASKS", "VERDICT", "WHY"] };
        foreach (var group in tasks.GroupBy(task => (task.Task.Step, task.Verdict, Reason: task.Verdict == "reused" ? Origin(task.Reason) : task.Reason)))
        {
            var count = group.Count();
            rows.Add(
            [
                group.Key.Step, count.ToString(CultureInfo.InvariantCulture), group.Key.Verdict,
                count == 1 || group.Key.Verdict != "ran" ? group.Key.Reason : $"{group.Key.Reason} (first: {source.Path.RunId}/{group.Key.Step}/{group.First().Task.TaskId})",
            ]);
        }

        TextTable.Write(context.Out, rows);
    }

    /// <summary>The reason with the run in place of the task.</summary>
    private static string Origin(string reason)
    {
        var path = reason.Split('/');
        return path.Length > 2 ? $"{path[0]}/{path[1]}" : reason;
    }

    private static void WriteJson(VerbContext context, RunSource source, (TaskEntry Task, string Verdict, string Reason) task) =>
        JsonText.Write(context.Out, indented: false, json =>
        {
            json.WriteStartObject();
            json.WriteString("run"u8, source.Path.RunId);
            json.WriteString("step"u8, task.Task.Step);
            json.WriteNumber("task"u8, task.Task.TaskId);
            json.WriteString("verdict"u8, task.Verdict);
            json.WriteString("why"u8, task.Reason);
            json.WriteEndObject();
        });
}
