using System.Globalization;
using Metaflow.Client;

namespace Metaflow.Tool.Query;

/// <summary>What a task printed.</summary>
internal sealed class LogsQuery : StoreQuery
{
    private const int UsualLines = 200;

    public override string Name => "logs";

    public override string Description => "Read what a task printed, line by line, also while it runs; the last lines with 'tail'.";

    public override IReadOnlyList<QueryArgument> Arguments { get; } =
    [
        Path("A task, or a step with one task.", "FLOW/RUN/STEP[/TASK]", isRequired: true),
        new("attempt", ArgumentType.Number, "Which attempt, 0 for the first. Default: the latest.") { ValueName = "N" },
        new("stream", ArgumentType.Text, "Only one stream.") { Values = ["stdout", "stderr"] },
        new("contains", ArgumentType.Text, "Only lines that contain this text, whatever the case.") { ValueName = "text" },
        new("tail", ArgumentType.Switch, "The last lines instead of the first."),
        Limit(UsualLines), After("this line"),
    ];

    public override IReadOnlyList<QueryColumn> Columns { get; } = [Clock("TIME", "time"), Column("STREAM", "stream"), Column("TEXT", "text")];

    public override QueryPage Ask(MetaflowClient client, QueryArguments arguments, CancellationToken cancellationToken)
    {
        var stream = arguments.Text("stream");
        if (stream is not (null or "stdout" or "stderr"))
        {
            throw QueryArguments.Unknown("stream", stream, ["stdout", "stderr"]);
        }

        var after = arguments.Number("after", 0, 0, int.MaxValue);
        var part = arguments.Text("contains");
        var lines = Lines(client, arguments).Select((line, i) => (Line: line, Number: i + 1))
            .Where(line => line.Number > after && (stream is null || line.Line.IsError == (stream == "stderr"))
                && (part is null || line.Line.Text.Contains(part, StringComparison.OrdinalIgnoreCase)));
        var limit = LimitOf(arguments, UsualLines);
        return QueryPage.Of(
            arguments.Has("tail") ? lines.TakeLast(limit) : lines, limit, line => QueryDocuments.Of(line.Line, line.Number),
            line => line.Number.ToString(CultureInfo.InvariantCulture));
    }

    private static IEnumerable<TaskLogLine> Lines(MetaflowClient client, QueryArguments arguments)
    {
        var path = arguments.Required("path");
        var parts = path.Trim('/').Split('/');
        int? attempt = arguments.Text("attempt") is null ? null : arguments.Number("attempt", 0, 0, int.MaxValue);
        if (parts.Length is < 3 or > 4)
        {
            throw new UsageException($"'{path}' names no task. Write it as FLOW/RUN/STEP/TASK, or FLOW/RUN/STEP if the step has one task.");
        }

        // A task that runs has no record yet, and its step may have none either.
        var run = ObjectFinder.Run(client, $"{parts[0]}/{parts[1]}");
        var running = run.RunningTasks.Where(task => task.StepName.StartsWith(parts[2], StringComparison.OrdinalIgnoreCase)
            && (parts.Length == 3 || task.Id == parts[3]) && (attempt is null || task.Attempt == attempt)).ToList();
        if (running is [var live])
        {
            return live.Logs();
        }

        var task = parts.Length == 3 ? ObjectFinder.Step(client, path).SingleTask() : ObjectFinder.Task(client, path);
        if (attempt is null)
        {
            return task.Logs();
        }

        var attempts = task.Attempts;
        return attempts.FirstOrDefault(one => one.Number == attempt)?.Logs()
            ?? throw new ObjectNotFoundException($"Task {task.PathSpec} has no attempt {attempt}; its last is {attempts[^1].Number}.", task.PathSpec);
    }
}
