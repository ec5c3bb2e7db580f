using System.Text.Json;
using Metaflow.Binding;
using Metaflow.Cli.Output;
using Metaflow.Cli.Parsing;
using Metaflow.Definitions;
using Metaflow.Graph;

namespace Metaflow.Cli.Verbs;

/// <summary><c>show</c>: the flow step by step.</summary>
internal sealed class ShowVerb : CliVerb
{
    private const string Verb = "show";

    private static readonly CliOption Json = new("json", "The flow as JSON: steps, transitions, artifacts, parameters.") { Verb = Verb };

    public override IReadOnlyList<CliOption> Options => [Json];

    public override IReadOnlyList<string> Examples => ["show", "show --json"];

    public override Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        if (context.Options.Has(Json))
        {
            JsonText.Write(context.Out, indented: true, json =>
            {
                json.WriteStartObject();
                GraphJson.WriteMembers(json, context.Graph);
                WriteParameters(json, context);
                json.WriteEndObject();
            });
        }
        else
        {
            context.Out.Write(GraphText.Render(context.Graph));
        }

        return Task.FromResult(ExitCodes.Ok);
    }

    private static void WriteParameters(Utf8JsonWriter json, VerbContext context)
    {
        var definition = context.Definition;
        var defaults = definition.NeedsServices || definition.Parameters.Count == 0
            ? null
            : FlowFactory.Create(definition, context.Host.Services);
        json.WriteStartArray("parameters"u8);
        foreach (var parameter in definition.Parameters)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, parameter.Name);
            json.WriteString("option"u8, "--" + parameter.OptionName);
            json.WriteString("type"u8, FriendlyName.Of(parameter.Type));
            json.WriteString("help"u8, parameter.Attribute.Help);
            json.WriteBoolean("required"u8, ParameterBinder.IsRequired(parameter));
            json.WriteString("default"u8, Default(parameter, defaults));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string? Default(ParameterDefinition parameter, FlowSpec? defaults) =>
        ParameterBinder.IsRequired(parameter) || parameter.HasComputedDefault || !parameter.Attribute.ShowDefault ? null
        : defaults is null ? parameter.InitializerText
        : parameter.Format(defaults);
}
