using System.CommandLine;
using System.Text.Json.Nodes;
using Metaflow.Client;

namespace Metaflow.Tool.Query;

/// <summary>A question as a command.</summary>
internal sealed class QueryCommand : Command
{
    private readonly StoreQuery _query;
    private static readonly Option<bool> Watch = new("--watch")
    {
        Description = "Go on showing the runs, with the steps of those that go on, until Ctrl-C. With --json, a line for each run that has changed.",
    };

    private readonly List<(QueryArgument Argument, Symbol Symbol)> _symbols = [];

    public QueryCommand(StoreQuery query)
        : base(query.Name, query.Description)
    {
        _query = query;
        foreach (var argument in query.Arguments)
        {
            Add(argument);
        }

        ClientOptions.AddTo(this);
        if (query is RunsQuery)
        {
            Options.Add(Watch);
        }

        SetAction(RunAsync);
    }

    private void Add(QueryArgument argument)
    {
        if (argument.IsPositional)
        {
            var positional = new Argument<string>(argument.ValueName!)
            {
                Description = argument.Description, Arity = argument.IsRequired ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne,
            };
            Arguments.Add(positional);
            _symbols.Add((argument, positional));
            return;
        }

        Option option = argument.Type == ArgumentType.Switch
            ? new Option<bool>($"--{argument.Name}")
            : new Option<string[]>($"--{argument.Name}") { AllowMultipleArgumentsPerToken = false };
        option.Description = argument.Values.Count == 0 ? argument.Description : $"{argument.Description} One of {string.Join(", ", argument.Values)}.";
        option.HelpName = argument.ValueName ?? (argument.Values.Count > 0 ? string.Join('|', argument.Values) : null);
        Options.Add(option);
        _symbols.Add((argument, option));
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = ClientOptions.Open(parsed);
        var arguments = new QueryArguments(Values(parsed), TimeProvider.System);
        if (_query is RunsQuery && parsed.GetValue(Watch))
        {
            await WatchCommand.FollowAsync(parsed, client, arguments, cancellationToken).ConfigureAwait(false);
            return ExitCodes.Ok;
        }

        var page = _query.Ask(client, arguments, cancellationToken);
        page = page with { Remarks = [.. page.Remarks, .. ClientOptions.Remarks(client, isEmpty: page.Items.Count == 0)] };
        if (parsed.GetValue(StoreOptions.Json))
        {
            await parsed.InvocationConfiguration.Output.WriteLineAsync(QueryJson.Of(_query, page).ToJsonString(QueryJson.Indented)).ConfigureAwait(false);
        }
        else
        {
            WriteText(parsed, page);
        }

        return ExitCodes.Ok;
    }

    private Dictionary<string, IReadOnlyList<string>> Values(ParseResult parsed)
    {
        var values = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var (argument, symbol) in _symbols)
        {
            var given = symbol switch
            {
                Argument<string> positional => parsed.GetValue(positional) is { } path ? [path] : [],
                Option<bool> flag => parsed.GetValue(flag) ? ["true"] : [],
                Option<string[]> option => parsed.GetValue(option) ?? [],
                _ => [],
            };
            if (given.Length > 0)
            {
                values[argument.Name] = given;
            }
        }

        return values;
    }

    private void WriteText(ParseResult parsed, QueryPage page)
    {
        var configuration = parsed.InvocationConfiguration;
        var rows = new List<string[]> { _query.Columns.Select(column => column.Title).ToArray() };
        rows.AddRange(page.Items.Select(item => _query.Columns.Select(column => column.Text(item)).ToArray()));
        if (rows.Count > 1)
        {
            Cli.Output.TextTable.Write(configuration.Output, rows);
        }

        foreach (var remark in page.Remarks)
        {
            configuration.Error.WriteLine(remark);
        }

        if (page.Next is { } next)
        {
            configuration.Error.WriteLine($"There is more: --after {next}");
        }
    }
}

/// <summary>Answers as JSON.</summary>
internal static class QueryJson
{
    /// <summary>The version of the answers' form; members may be added without a new one.</summary>
    private const int Version = 1;

    public static readonly System.Text.Json.JsonSerializerOptions Indented = new()
    {
        WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static readonly System.Text.Json.JsonSerializerOptions Compact = new(Indented) { WriteIndented = false };

    /// <summary><c>{"version": 1, "query": "runs", "items": […], "next": …, "remarks": […]}</c>.</summary>
    public static JsonObject Of(StoreQuery query, QueryPage page) => new()
    {
        ["version"] = Version,
        ["query"] = query.Name,
        ["items"] = new JsonArray([.. page.Items]),
        ["next"] = page.Next,
        ["remarks"] = new JsonArray([.. page.Remarks.Select(remark => (JsonNode)remark)]),
    };
}
