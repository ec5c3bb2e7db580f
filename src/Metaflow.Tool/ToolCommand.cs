using System.CommandLine;
using System.CommandLine.Parsing;
using Metaflow.Client;
using Metaflow.Tool.Dashboard;
using Metaflow.Tool.Query;

namespace Metaflow.Tool;

/// <summary>The command line of <c>metaflow</c>.</summary>
internal static class ToolCommand
{
    /// <summary>Does what the arguments say.</summary>
    /// <returns>The exit code: 0 all well, 1 a fault or a problem found, 2 the command line cannot be used.</returns>
    public static async Task<int> InvokeAsync(string[] args, TextWriter output, TextWriter error)
    {
        var parsed = Create().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            var fault = parsed.UnmatchedTokens is [var unknown, ..] ? $"unknown command or option '{unknown}'." : Describe(parsed.Errors[0]);
            await error.WriteLineAsync($"error: {fault} See 'metaflow --help'.").ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new() { Output = output, Error = error, EnableDefaultExceptionHandler = false })
                .ConfigureAwait(false);
        }
        catch (NamespaceMismatchException hidden)
        {
            await error.WriteLineAsync($"error: {hidden.ForCommands}").ConfigureAwait(false);
            return ExitCodes.Failed;
        }
        catch (MetaflowException fault)
        {
            await error.WriteLineAsync($"error: {fault.Message}").ConfigureAwait(false);
            return fault.ExitCode;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"error: {fault.Message}").ConfigureAwait(false);
            return ExitCodes.Failed;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("Interrupted.").ConfigureAwait(false);
            return ExitCodes.Interrupted;
        }
    }

    /// <summary>The fault of a value without the names of types.</summary>
    private static string Describe(ParseError error)
    {
        if (error.SymbolResult is not OptionResult { Option: var option, Tokens: [var value, ..] } || !error.Message.Contains("expected type", StringComparison.Ordinal))
        {
            return error.Message;
        }

        var type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        var expected = type.IsEnum ? $" Write {string.Join(", ", Enum.GetNames(type)).ToLowerInvariant()}." : type == typeof(int) || type == typeof(long) ? " Write a number." : "";
        return $"{option.Name} cannot be '{value.Value}'.{expected}";
    }

    private static RootCommand Create()
    {
        var root = new RootCommand("Reads and compares the runs of flows, and looks after datastores. To run a flow, run its program.")
        {
            new Command("store", "What is in a datastore.") { new VerifyCommand(), new UsageCommand() },
            new DashboardCommand(),
            new CollectCommand(),
            new RemoveCommand(),
            new PinCommand("pin", "Keep a run whatever the rules of 'gc' say.", isPinned: true),
            new PinCommand("unpin", "Let the rules of 'gc' decide about a run again.", isPinned: false),
            new TagCommand(),
            new DiffCommand(),
            new Code.CodeCommand(),
            new Code.ReproduceCommand(),
            new Command("run", "One run.") { new Code.RunShowCommand() },
            new SignCommand(),
            new VerifySignatureCommand(),
            new KeygenCommand(),
            new Mcp.McpCommand(),
            new Command("index", "The index of a datastore, which can always be made anew.") { new RebuildIndexCommand() },
        };
        foreach (var query in StoreQuery.All)
        {
            root.Subcommands.Add(new QueryCommand(query));
        }

        root.Options.Add(StoreOptions.Root);
        root.Options.Add(StoreOptions.Json);
        return root;
    }
}
