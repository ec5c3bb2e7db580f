using System.Text.Json.Nodes;
using Metaflow.Client;

namespace Metaflow.Tool.Query;

/// <summary>Which runs there are.</summary>
internal sealed class RunsQuery : StoreQuery
{
    public override string Name => "runs";

    public override string Description => "List runs, newest first, of one flow or of all, and why those failed that did.";

    public override IReadOnlyList<QueryArgument> Arguments { get; } =
    [
        Path("The flow. Default: all flows.", "FLOW"),
        new("status", ArgumentType.Text, "Only runs in this state.") { Values = Words<RunStatus>() },
        new("tag", ArgumentType.Texts, "Only runs with this tag. May be repeated.") { ValueName = "tag" },
        new("user", ArgumentType.Text, "Only runs that this user started.") { ValueName = "name" },
        Since("runs that started"), Until("runs that started"),
        new("parameter", ArgumentType.Texts, "Only runs with such a parameter: Top>=3, Name=tree, Text~part. May be repeated.") { ValueName = "condition" },
        new("artifact", ArgumentType.Texts, "Only runs whose last step left such an artifact: Model.Score>0.9. May be repeated.") { ValueName = "condition" },
        Limit(), After("this run"),
    ];

    public override IReadOnlyList<QueryColumn> Columns { get; } =
    [
        Column("RUN", "path"), Column("STATUS", "status"), Clock("STARTED", "started"), Duration("DURATION", "seconds"), Column("USER", "user"),
        new("TAGS AND FAILURE", Remark),
    ];

    public override QueryPage Ask(MetaflowClient client, QueryArguments arguments, CancellationToken cancellationToken)
    {
        return QueryPage.Of(Runs(client, arguments), LimitOf(arguments), QueryDocuments.Of, run => run.PathSpec);
    }

    /// <summary>The runs that are asked for, newest first.</summary>
    public static IEnumerable<RunReference> Runs(MetaflowClient client, QueryArguments arguments)
    {
        var filter = Filter(arguments) with { After = arguments.Text("after") is { } after ? ObjectFinder.Run(client, after).PathSpec : null };
        return arguments.Text("path") is { } flow ? ObjectFinder.Flow(client, flow).Runs(filter) : client.Runs(filter);
    }

    /// <summary>The filter that the arguments say.</summary>
    private static RunFilter Filter(QueryArguments arguments) => new()
    {
        Status = arguments.Word<RunStatus>("status"),
        Tags = arguments.All("tag"),
        User = arguments.Text("user"),
        StartedFrom = arguments.Point("since"),
        StartedBefore = arguments.Point("until"),
        Parameters = arguments.Conditions("parameter"),
        Artifacts = arguments.Conditions("artifact"),
    };

    public static string[] Words<T>()
        where T : struct, Enum => [.. Enum.GetNames<T>().Select(name => name.ToLowerInvariant())];

    private static string Remark(JsonObject run)
    {
        var tags = run["tags"] is JsonArray { Count: > 0 } given ? Text(given) : "";
        return run["failure"] is { } failure ? $"{tags} {FirstLine(failure)}".Trim() : tags;
    }
}
