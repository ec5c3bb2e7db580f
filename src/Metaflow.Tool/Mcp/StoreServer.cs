using System.Text.Json;
using System.Text.Json.Nodes;
using Metaflow.Client;
using Metaflow.Tool.Query;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Metaflow.Tool.Mcp;

/// <summary>A store as tools for assistants: the questions of the command line, and the comparison of two runs.</summary>
internal static class StoreServer
{
    private const string Instructions =
        "Reads the runs of Metaflow flows. A path names an object: FLOW/RUN/STEP/TASK/ARTIFACT, such as GenreFlow/3/Rank/17/Best; 'latest' stands "
        + "for the newest run. Start with 'flows' or 'runs'. To learn which tasks failed last night and why, call 'tasks' with outcome 'failed' and "
        + "since 'yesterday', then 'logs' with the path of a task. Answers are bounded: where 'next' is set, ask again with it as 'after'.";

    /// <summary>Serves until the other side ends.</summary>
    public static async Task RunAsync(MetaflowClient client, Stream input, Stream output, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoreTool> tools = [.. StoreQuery.All.Select(query => StoreTool.Of(query, client)), StoreTool.Comparison(client)];
        var options = new McpServerOptions
        {
            ServerInfo = new() { Name = "metaflow", Version = Cli.ProductVersion.Text },
            ServerInstructions = Instructions,
            Capabilities = new() { Tools = new() },
        };
        options.Handlers.ListToolsHandler = (_, _) => ValueTask.FromResult(new ListToolsResult { Tools = [.. tools.Select(tool => tool.Description)] });
        options.Handlers.CallToolHandler = (request, cancelled) => CallAsync(tools, request.Params, cancelled);
        var transport = new StreamServerTransport(input, output, "metaflow", NullLoggerFactory.Instance);
        await using (transport.ConfigureAwait(false))
        {
            var server = McpServer.Create(transport, options, NullLoggerFactory.Instance);
            await using (server.ConfigureAwait(false))
            {
                await server.RunAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async ValueTask<CallToolResult> CallAsync(
        IReadOnlyList<StoreTool> tools, CallToolRequestParams? call, CancellationToken cancellationToken)
    {
        try
        {
            var tool = tools.FirstOrDefault(candidate => candidate.Description.Name == call?.Name)
                ?? throw QueryArguments.Unknown("tool", call?.Name ?? "", tools.Select(candidate => candidate.Description.Name));

            // Questions read files: the thread that reads the protocol is not held up by them.
            var answer = await Task.Run(() => tool.Call(call?.Arguments, cancellationToken), cancellationToken).ConfigureAwait(false);
            return Result(answer, isError: false);
        }
        catch (MetaflowException fault)
        {
            // A fault of the question is an answer: the assistant reads it and asks better.
            return Result(new() { ["error"] = fault is NamespaceMismatchException hidden ? hidden.ForCommands : fault.Message }, isError: true);
        }
    }

    private static CallToolResult Result(JsonObject answer, bool isError) => new()
    {
        Content = [new TextContentBlock { Text = answer.ToJsonString(QueryJson.Compact) }],
        StructuredContent = isError ? null : JsonSerializer.SerializeToElement(answer),
        IsError = isError,
    };
}
