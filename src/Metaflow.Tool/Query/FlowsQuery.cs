using Metaflow.Client;

namespace Metaflow.Tool.Query;

/// <summary>Which flows there are.</summary>
internal sealed class FlowsQuery : StoreQuery
{
    public override string Name => "flows";

    public override string Description => "List the flows that have runs, by name, each with its latest run and its latest successful run.";

    public override IReadOnlyList<QueryArgument> Arguments { get; } = [Limit(), After("this flow")];

    public override IReadOnlyList<QueryColumn> Columns { get; } =
    [
        Column("FLOW", "flow"), Column("LATEST", "latestRun"), Column("STATUS", "latestStatus"), Clock("STARTED", "latestStarted"),
        Column("SUCCESSFUL", "latestSuccessfulRun"),
    ];

    public override QueryPage Ask(MetaflowClient client, QueryArguments arguments, CancellationToken cancellationToken)
    {
        var after = arguments.Text("after") ?? "";
        var flows = client.Flows().Where(flow => string.CompareOrdinal(flow.Name, after) > 0).OrderBy(flow => flow.Name, StringComparer.Ordinal);
        return QueryPage.Of(flows, LimitOf(arguments), QueryDocuments.Of, flow => flow.Name);
    }
}
