using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Metaflow.Cli;
using Metaflow.Dashboard.Views;

namespace Metaflow.Dashboard.Api;

/// <summary>The OpenAPI description of the API, made of its routes.</summary>
internal static class OpenApi
{
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true };

    /// <summary>The document as JSON.</summary>
    public static string Document()
    {
        var schemas = new JsonObject { ["ErrorReply"] = Schema(ApiJson.Default.ErrorReply) };
        var paths = new JsonObject();
        foreach (var route in ApiRoutes.All)
        {
            paths[route.Path] = new JsonObject { ["get"] = Operation(route, schemas) };
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Metaflow dashboard",
                ["version"] = "1",
                ["description"] = $"Reads a Metaflow store. Metaflow {ProductVersion.Text}. All times are milliseconds since 1970, UTC.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "." }),
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        }.ToJsonString(Written);
    }

    private static JsonObject Operation(ApiRoute route, JsonObject schemas)
    {
        var parameters = new JsonArray();
        foreach (var name in route.Path.Split('{').Skip(1).Select(part => part[..part.IndexOf('}', StringComparison.Ordinal)]))
        {
            parameters.Add(new JsonObject
            {
                ["name"] = name, ["in"] = "path", ["required"] = true, ["schema"] = new JsonObject { ["type"] = "string" },
            });
        }

        foreach (var parameter in route.Query)
        {
            var type = new JsonObject { ["type"] = parameter.Type };
            parameters.Add(new JsonObject
            {
                ["name"] = parameter.Name,
                ["in"] = "query",
                ["description"] = parameter.Description,
                ["schema"] = parameter.IsList ? new JsonObject { ["type"] = "array", ["items"] = type } : type,
            });
        }

        return new()
        {
            ["summary"] = route.Summary,
            ["parameters"] = parameters,
            ["responses"] = new JsonObject
            {
                ["200"] = new JsonObject { ["description"] = "The answer.", ["content"] = new JsonObject { [route.MediaType] = Content(route, schemas) } },
                ["default"] = new JsonObject
                {
                    ["description"] = "A fault.",
                    ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = Reference("ErrorReply") } },
                },
            },
        };
    }

    private static JsonObject Content(ApiRoute route, JsonObject schemas)
    {
        if (route.Reply is not { } type)
        {
            return [];
        }

        if (type.Type.IsGenericType)
        {
            return new() { ["schema"] = Schema(type) };
        }

        schemas[type.Type.Name] ??= Schema(type);
        return new() { ["schema"] = Reference(type.Type.Name) };
    }

    private static JsonNode Schema(System.Text.Json.Serialization.Metadata.JsonTypeInfo type) =>
        type.GetJsonSchemaAsNode(new() { TreatNullObliviousAsNonNullable = true });

    private static JsonObject Reference(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };
}
