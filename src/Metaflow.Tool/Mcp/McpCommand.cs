using System.CommandLine;
using Metaflow.Tool.Query;

namespace Metaflow.Tool.Mcp;

/// <summary><c>mcp</c>: answers the questions of an assistant over standard input and output.</summary>
internal sealed class McpCommand : Command
{
    public McpCommand()
        : base("mcp", "Serve the store to an assistant by the Model Context Protocol, over standard input and output. Nothing is ever changed.")
    {
        ClientOptions.AddTo(this);
        SetAction(async (parsed, cancellationToken) =>
        {
            using var client = ClientOptions.Open(parsed);
            await StoreServer.RunAsync(client, Console.OpenStandardInput(), Console.OpenStandardOutput(), cancellationToken).ConfigureAwait(false);
            return ExitCodes.Ok;
        });
    }
}
