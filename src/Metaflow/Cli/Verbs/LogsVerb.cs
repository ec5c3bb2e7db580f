using Metaflow.Cli.Output;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Reading;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.Logs;
using Metaflow.Storage;

namespace Metaflow.Cli.Verbs;

/// <summary><c>logs</c>: prints what tasks wrote to their standard streams, follows it, or removes it.</summary>
internal sealed class LogsVerb : CliVerb
{
    private const string Verb = "logs";

    private static readonly CliOption Stdout = new("stdout", "Only standard output.") { Verb = Verb };

    private static readonly CliOption Stderr = new("stderr", "Only standard error.") { Verb = Verb };

    private static readonly CliOption Both = new("both", "Both streams, in the order in which they were written (default).") { Verb = Verb };

    private static readonly CliOption Timestamps = new("timestamps", "Begin each line with the time at which it was written.") { Verb = Verb };

    private static readonly CliOption Attempt = new("attempt", "Which attempt; 0 is the first. Default: the last one; all when following or removing.")
    {
        Verb = Verb, ValueName = "int",
    };

    private static readonly CliOption Json = new("json", "One JSON object per line.") { Verb = Verb };

    private static readonly CliOption Follow = new("follow", "Print what the tasks write while they run, until the run or the named task ends.") { Verb = Verb };

    private static readonly CliOption Scrub = new("scrub", "Replace what is stored by a mark. This cannot be undone.") { Verb = Verb };

    private static readonly CliOption Delete = new("delete", "Remove what is stored and leave no mark. This cannot be undone.") { Verb = Verb };

    public override IReadOnlyList<CliOption> Options => [Stdout, Stderr, Both, Timestamps, Attempt, Json, Follow, Scrub, Delete];

    public override CliArgument Argument => new("PATHSPEC", PathSpec.Description, IsRequired: true);

    public override IReadOnlyList<string> Examples =>
        ["logs latest", "logs latest --follow", "logs 3/Rank/17 --stderr --timestamps", "logs 3/Rank --json", "logs 3/Load --scrub"];

    public override async Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var (stdout, stderr) = (context.Options.Has(Stdout), context.Options.Has(Stderr));
        LogStream? only = context.Options.Has(Both) || stdout == stderr ? null : stdout ? LogStream.Out : LogStream.Error;
        int? attempt = context.Options.Find(Attempt) is null ? null : context.Options.Int32(Attempt, minimum: 0, absent: 0);
        var modes = new[] { Follow, Scrub, Delete }.Where(context.Options.Has).ToList();
        if (modes.Count > 1)
        {
            throw new UsageException($"--{modes[0].Name} and --{modes[1].Name} do not go together.");
        }

        using var source = RunSource.Open(context);
        var lines = new LogLines(context, context.Options.Has(Json), context.Options.Has(Timestamps));
        if (modes is [var mode])
        {
            return mode == Follow
                ? await FollowAsync(context, source, lines, only, attempt, cancellationToken).ConfigureAwait(false)
                : Erase(context, source, only, attempt, leavesMark: mode == Scrub);
        }

        Print(source, lines, only, attempt, cancellationToken);
        return ExitCodes.Ok;
    }

    private static void Print(RunSource source, LogLines lines, LogStream? only, int? attempt, CancellationToken cancellationToken)
    {
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

            var stored = source.Reader.Log(taskId, attempt ?? lastAttempt).Where(line => only is null || line.Stream == only);
            lines.Write(new(source.Path.RunId, step, taskId, attempt ?? lastAttempt), stored, isOnly: tasks.Count == 1);
        }
    }

    private static async Task<int> FollowAsync(
        VerbContext context, RunSource source, LogLines lines, LogStream? only, int? attempt, CancellationToken cancellationToken)
    {
        var path = source.Path;
        var follower = new LogFollower(source.Folder, path, context.Host.Time);
        var end = await follower.RunAsync(
            (from, written) =>
            {
                if (attempt is null || attempt == from.Attempt)
                {
                    lines.Follow(
                        new(path.RunId, from.Step, from.TaskId, from.Attempt),
                        written.Where(line => only is null || line.Stream == only), isOnly: path.TaskId is not null);
                }
            },
            cancellationToken).ConfigureAwait(false);
        if (end == FollowEnd.Lost && !context.IsQuiet)
        {
            context.Error.WriteLine(
                $"Nobody executes run {path.RunId} any more, and it has no end: its process was killed. Continue it: {context.Host.Program} resume --origin-run-id {path.RunId}");
        }

        return ExitCodes.Ok;
    }

    private static int Erase(VerbContext context, RunSource source, LogStream? only, int? attempt, bool leavesMark)
    {
        var path = source.Path;
        using var store = LocalStore.Open(context.StoreRoot);
        var folder = store.OpenRun(context.Definition.Name, path.RunId);
        var erased = new LogEraser(folder).Erase(
            from => (path.Step is null || path.Step == from.Step) && (path.TaskId is null || path.TaskId == from.TaskId)
                && (attempt is null || attempt == from.Attempt),
            only, leavesMark);
        if (!context.IsQuiet)
        {
            var what = leavesMark ? "Scrubbed" : "Deleted";
            context.Error.WriteLine(
                erased.Lines == 0
                    ? "There was nothing to remove."
                    : $"{what} {erased.Lines:N0} {(erased.Lines == 1 ? "line" : "lines")} of {erased.Attempts:N0} {(erased.Attempts == 1 ? "attempt" : "attempts")}. "
                        + "Messages of exceptions are part of the tasks' records and stay.");
        }

        return ExitCodes.Ok;
    }

    /// <summary>The tasks that have ended, and one that still runs if it is named.</summary>
    private static List<(string Step, long TaskId, int LastAttempt)> Tasks(RunSource source)
    {
        var ended = source.Tasks().Select(task => (task.Step, task.TaskId, LastAttempt(source, task.TaskId, task.Attempt))).ToList();
        return ended.Count == 0 && source.Path.TaskId is { } taskId && source.Reader.FindTask(taskId) is null && source.Reader.Attempts(taskId).Count > 0
            ? [(source.Path.Step!, taskId, LastAttempt(source, taskId, ended: 0))]
            : ended;
    }

    // A retry that runs has output before it has an end.
    private static int LastAttempt(RunSource source, long taskId, int ended) =>
        source.Reader.Attempts(taskId).Append(ended).Max();
}
