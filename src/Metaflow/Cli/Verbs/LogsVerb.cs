using System.Globalization;
using Metaflow.Cli.Output;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Reading;
using Metaflow.Metadata.Records;

namespace Metaflow.Cli.Verbs;

/// <summary><c>logs</c>: prints what tasks wrote to their standard streams.</summary>
internal sealed class LogsVerb : CliVerb
{
    private const string Verb = "logs";

    private static readonly CliOption Stdout = new("stdout", "Only standard output.") { Verb = Verb };

    private static readonly CliOption Stderr = new("stderr", "Only standard error.") { Verb = Verb };

    private static readonly CliOption Both = new("both", "Both streams, in the order in which they were written (default).") { Verb = Verb };

    private static readonly CliOption Timestamps = new("timestamps", "Begin each line with the time at which it was written.") { Verb = Verb };

    private static readonly CliOption Attempt = new("attempt", "Which attempt; 0 is the first. Default: the last one.")
    {
        Verb = Verb, ValueName = "int",
    };

    private static readonly CliOption Json = new("json", "One JSON object per line.") { Verb = Verb };

    public override IReadOnlyList<CliOption> Options => [Stdout, Stderr, Both, Timestamps, Attempt, Json];

    public override CliArgument Argument => new("PATHSPEC", PathSpec.Description, IsRequired: true);

    public override IReadOnlyList<string> Examples => ["logs latest", "logs 3/Rank/17 --stderr --timestamps", "logs 3/Rank --json"];

    public override Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var (stdout, stderr) = (context.Options.Has(Stdout), context.Options.Has(Stderr));
        LogStream? only = context.Options.Has(Both) || stdout == stderr ? null : stdout ? LogStream.Out : LogStream.Error;
        int? attempt = context.Options.Find(Attempt) is null ? null : context.Options.Int32(Attempt, minimum: 0, absent: 0);

        using var source = RunSource.Open(context);
        var tasks = Tasks(source);
        if (tasks.Count == 0 && source.Path.TaskId is not null)
        {
            throw source.NoTask();
        }

        foreach (var (step, taskId, lastAttempt) in tasks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (attempt > lastAttempt)
            {
                throw new MetaflowException($"Task {source.Path.RunId}/{step}/{taskId} has no attempt {attempt}; its last is {lastAttempt}.");
            }

            var lines = source.Reader.Log(taskId, attempt ?? lastAttempt).Where(line => only is null || line.Stream == only);
            Write(context, new(source.Path.RunId, step, taskId, attempt ?? lastAttempt), lines, isOnly: tasks.Count == 1);
        }

        return Task.FromResult(ExitCodes.Ok);
    }

    /// <summary>The tasks that have ended, and one that still runs if it is named.</summary>
    private static List<(string Step, long TaskId, int LastAttempt)> Tasks(RunSource source)
    {
        var ended = source.Tasks().Select(task => (task.Step, task.TaskId, LastAttempt(source, task.TaskId, task.Attempt))).ToList();
        return ended.Count == 0 && source.Path.TaskId is { } taskId && source.Reader.Attempts(taskId).Count > 0
            ? [(source.Path.Step!, taskId, LastAttempt(source, taskId, ended: 0))]
            : ended;
    }

    // A retry that runs has output before it has an end.
    private static int LastAttempt(RunSource source, long taskId, int ended) =>
        source.Reader.Attempts(taskId).Append(ended).Max();

    private static void Write(VerbContext context, in LogOwner owner, IEnumerable<LogLine> lines, bool isOnly)
    {
        if (context.Options.Has(Json))
        {
            LogJson.Write(context.Out, owner, lines);
            return;
        }

        var written = lines.ToList();
        if (!context.IsQuiet && (written.Count > 0 || isOnly))
        {
            var attempt = owner.Attempt > 0 ? $" attempt={owner.Attempt}" : "";
            context.Out.WriteLine($"Dumping logs of run_id={owner.RunId} step={owner.Step} task_id={owner.TaskId}{attempt}");
        }

        var withTime = context.Options.Has(Timestamps);
        foreach (var line in written)
        {
            if (withTime)
            {
                var time = TimeZoneInfo.ConvertTime(line.Time, context.Host.Time.LocalTimeZone);
                context.Out.Write(time.ToString("yyyy-MM-dd HH:mm:ss.fff ", CultureInfo.InvariantCulture));
            }

            context.Out.WriteLine(line.Text);
        }
    }
}
