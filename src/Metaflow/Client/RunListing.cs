using Metaflow.Metadata.Index;

namespace Metaflow.Client;

/// <summary>Lists runs page by page.</summary>
internal static class RunListing
{
    private const int FirstPage = 100;
    private const int LaterPages = 1_000;

    /// <summary>The runs of a flow, or of all, in the client's namespace as it is now.</summary>
    public static IEnumerable<RunReference> Of(MetaflowClient client, string? flow, RunFilter? filter)
    {
        var query = Query(flow, filter ?? new(), client.Namespace) with { After = After(client, filter?.After) };
        return Pages(client, query, filter ?? new());
    }

    private static RunQuery Query(string? flow, RunFilter filter, string? seen) => new()
    {
        Flow = flow,
        Status = filter.Status switch
        {
            null => null,
            RunStatus.Succeeded => IndexStatus.Succeeded,
            RunStatus.Failed => IndexStatus.Failed,
            RunStatus.Interrupted => IndexStatus.Interrupted,

            RunStatus.Lost => IndexStatus.Lost,
            _ => IndexStatus.Running,
        },
        Tags = seen is null ? filter.Tags : [.. filter.Tags, seen],
        User = filter.User,
        StartedFrom = filter.StartedFrom,
        StartedBefore = filter.StartedBefore,
        Limit = FirstPage,
    };

    private static RunPosition? After(MetaflowClient client, string? pathSpec)
    {
        if (pathSpec is null)
        {
            return null;
        }

        var path = ObjectPath.Parse(pathSpec, parts: 2);
        return client.Index.OfRun(path.Flow, path.RunId, index => index.Run(path.Flow, path.RunId))?.Position
            ?? throw Missing.Run(client, path.Flow, path.RunId);
    }

    private static IEnumerable<RunReference> Pages(MetaflowClient client, RunQuery query, RunFilter filter)
    {
        var page = query.Flow is { } flow ? client.Index.OfFlow(flow, Ask) : client.Index.OfStore(Ask);
        while (true)
        {
            foreach (var row in page)
            {
                var run = new RunReference(client, row);
                if ((filter.Status is not (RunStatus.Running or RunStatus.Lost) || run.Status == filter.Status)
                    && run.Fulfils(filter.Parameters, filter.Artifacts))
                {
                    yield return run;
                }
            }

            if (page.Count < query.Limit)
            {
                yield break;
            }

            query = query with { After = page[^1].Position, Limit = LaterPages };
            page = client.Index.AsItIs(Ask);
        }

        IReadOnlyList<RunRow> Ask(StoreIndex index) => index.Runs(query);
    }
}
