using System.Text.Json;
using System.Text.Json.Nodes;
using Metaflow.Client;
using Metaflow.Comparison;
using Metaflow.Tool.Query;
using ToolDescription = ModelContextProtocol.Protocol.Tool;

namespace Metaflow.Tool.Mcp;

/// <summary>Something that an assistant can ask.</summary>
/// <param name="Description">What it is told about it.</param>
/// <param name="Arguments">What it can give.</param>
/// <param name="Ask">Answers.</param>
internal sealed record StoreTool(
    ToolDescription Description, IReadOnlyList<QueryArgument> Arguments, Func<QueryArguments, CancellationToken, JsonObject> Ask)
{
    private const string First = "first";
    private const string Second = "second";

    /// <summary>A question of the command line.</summary>
    public static StoreTool Of(StoreQuery query, MetaflowClient client) => new(
        Describe(query.Name, query.Description, query.Arguments),
        query.Arguments,
        (arguments, cancellationToken) =>
        {
            var page = query.Ask(client, arguments, cancellationToken);
            return QueryJson.Of(query, page with { Remarks = [.. ClientOptions.Remarks(client, page.Items.Count == 0)] });
        });

    /// <summary>The comparison of two runs.</summary>
    public static StoreTool Comparison(MetaflowClient client)
    {
        QueryArgument[] arguments =
        [
            new(First, ArgumentType.Text, "The run to compare with: GenreFlow/3.") { IsRequired = true },
            new(Second, ArgumentType.Text, "The run to compare: GenreFlow/latest.") { IsRequired = true },
            new("kind", ArgumentType.Texts, "Only differences of this kind.") { Values = RunsQuery.Words<DifferenceKind>() },
        ];
        return new(
            Describe("diff", "Tell what two runs differ in, most relevant first: outcome, parameters, code, packages, graph, artifacts, times, logs.", arguments),
            arguments,
            (given, cancellationToken) => Compare(client, given, cancellationToken));
    }

    /// <summary>Answers the arguments of a call.</summary>
    /// <exception cref="UsageException">An argument is unknown or cannot be used.</exception>
    public JsonObject Call(IEnumerable<KeyValuePair<string, JsonElement>>? given, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var (name, value) in given ?? [])
        {
            if (!Arguments.Any(argument => argument.Name == name))
            {
                throw new UsageException(
                    $"'{Description.Name}' has no argument '{name}'.{NearestMatch.Hint(name, Arguments.Select(argument => argument.Name))}");
            }

            values[name] = value.ValueKind switch
            {
                JsonValueKind.Null => [],
                JsonValueKind.Array => [.. value.EnumerateArray().Select(Text)],
                _ => [Text(value)],
            };
        }

        return Ask(new(values, TimeProvider.System), cancellationToken);
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static JsonObject Compare(MetaflowClient client, QueryArguments arguments, CancellationToken cancellationToken)
    {
        var kinds = arguments.All("kind").Select(word => Enum.TryParse<DifferenceKind>(word, ignoreCase: true, out var kind)
            ? kind
            : throw QueryArguments.Unknown("kind", word, RunsQuery.Words<DifferenceKind>()));
        var comparison = RunComparison.Of(
            ObjectFinder.Run(client, arguments.Required(First)), ObjectFinder.Run(client, arguments.Required(Second)),
            new() { Kinds = [.. kinds] }, cancellationToken);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            comparison.WriteTo(json);
        }

        return JsonNode.Parse(buffer.ToArray())!.AsObject();
    }

    private static ToolDescription Describe(string name, string description, IReadOnlyList<QueryArgument> arguments) => new()
    {
        Name = name,
        Description = description,
        InputSchema = JsonSerializer.SerializeToElement(Schema(arguments)),
        Annotations = new() { ReadOnlyHint = true, IdempotentHint = true, OpenWorldHint = false },
    };

    private static JsonObject Schema(IReadOnlyList<QueryArgument> arguments)
    {
        var properties = new JsonObject();
        foreach (var argument in arguments)
        {
            properties[argument.Name] = Property(argument);
        }

        return new()
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = new JsonArray([.. arguments.Where(argument => argument.IsRequired).Select(argument => (JsonNode)argument.Name)]),
            ["additionalProperties"] = false,
        };
    }

    private static JsonObject Property(QueryArgument argument)
    {
        var single = new JsonObject
        {
            ["type"] = argument.Type switch { ArgumentType.Number => "integer", ArgumentType.Switch => "boolean", _ => "string" },
        };
        if (argument.Values.Count > 0)
        {
            single["enum"] = new JsonArray([.. argument.Values.Select(value => (JsonNode)value)]);
        }

        var property = argument.Type == ArgumentType.Texts ? new JsonObject { ["type"] = "array", ["items"] = single } : single;
        property["description"] = argument.Description;
        return property;
    }
}
