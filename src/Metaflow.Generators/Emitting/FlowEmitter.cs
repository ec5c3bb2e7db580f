using System;
using System.Collections.Generic;
using System.Linq;
using Metaflow.Generators.Reading;
using Metaflow.Graph;

namespace Metaflow.Generators.Emitting;

/// <summary>Writes the generated files.</summary>
internal static class FlowEmitter
{
    private const string Definitions = "global::Metaflow.Definitions";
    private const string NestedClass = "MetaflowDefinition";
    private const string Initializer = "[global::System.Runtime.CompilerServices.ModuleInitializer]";

    /// <summary>The file that implements the artifacts of a class.</summary>
    public static string Artifacts(ArtifactsModel model)
    {
        var code = new CodeWriter();
        Open(code, model.Type);
        code.OpenBlock(model.Type.Declaration);
        foreach (var property in model.Properties)
        {
            var name = AttributeText.Literal(property.Name);
            code.Line(CodeWriter.GeneratedMark);
            code.OpenBlock(property.Declaration);
            if (property.Getter.Length > 0)
            {
                code.Line($"{property.Getter} => GetArtifact<{property.CodeType}>({name});");
            }

            if (property.Setter.Length > 0)
            {
                code.Line($"{property.Setter} => SetArtifact<{property.CodeType}>(value, {name});");
            }

            code.CloseBlock();
        }

        return code.Finish();
    }

    /// <summary>The file that registers a flow and carries its graph.</summary>
    public static string Registration(FlowModel model, Func<string, string> mapFile)
    {
        var code = new CodeWriter();
        Open(code, model.Type, model.IsRunnable && !model.IsVisible ? model : null);
        var graph = CodeWriter.RawLiteral(model.Graph.ToText(mapFile));
        code.Line($"[{Definitions}.FlowGraph({(model.IsRunnable ? $"{model.CodeType}.{NestedClass}.Graph" : graph)})]");
        code.OpenBlock(model.Type.Declaration);
        if (model.IsRunnable)
        {
            Definition(code, model, graph);
        }

        return code.Finish();
    }

    private static void Open(CodeWriter code, PartialType type, FlowModel? relayed = null)
    {
        code.Header();
        if (type.Namespace.Length > 0)
        {
            code.OpenBlock($"namespace {type.Namespace}");
        }

        for (var i = 0; i < type.Containers.Count; i++)
        {
            code.OpenBlock(type.Containers[i].Declaration);
            if (relayed is not null)
            {
                Relay(code, relayed, i);
            }
        }
    }

    /// <summary>
    /// A module initialiser must be visible to the whole module, which a member of a private class is not. Each type
    /// around the flow hands the call one level down.
    /// </summary>
    private static void Relay(CodeWriter code, FlowModel model, int level)
    {
        var containers = model.Type.Containers;
        var method = "RegisterMetaflow_" + string.Concat(model.Type.FileName.Select(c => char.IsLetterOrDigit(c) ? c : '_'));
        var next = level + 1 < containers.Count
            ? $"{containers[level + 1].Type}.{method}()"
            : $"{model.CodeType}.{NestedClass}.Register()";
        code.Line(CodeWriter.HiddenMark);
        if (level == 0)
        {
            code.Line(Initializer);
        }

        code.Line($"internal static void {method}() => {next};");
    }

    private static void Definition(CodeWriter code, FlowModel model, string graph)
    {
        code.Line(CodeWriter.HiddenMark);
        code.Line(CodeWriter.GeneratedMark);
        code.OpenBlock($"internal static class {NestedClass}");
        code.Line($"internal const string Graph = {graph};");
        if (model.IsVisible)
        {
            code.Line(Initializer);
        }

        code.Line($"internal static void Register() => {Definitions}.FlowRegistry.Add<{model.CodeType}>(Define);");
        code.OpenBlock($"private static {Definitions}.FlowDefinition Define() => new()");
        code.Line($"FlowType = typeof({model.CodeType}),");
        code.Line($"Name = {AttributeText.Literal(model.Graph.Name)},");
        code.Line(model.NeedsServices
            ? $"Create = static services => global::Microsoft.Extensions.DependencyInjection.ActivatorUtilities.CreateInstance<{model.CodeType}>(services!),"
            : "Create = static _ => New(),");
        code.Line($"NeedsServices = {(model.NeedsServices ? "true" : "false")},");
        code.Line("Graph = Graph,");
        List(code, "Steps", model.Steps.Select(Step));
        List(code, "Artifacts", model.Artifacts.Select(a => $"new({AttributeText.Literal(a.Name)}, {a.Expression})"));
        List(code, "Parameters", model.Parameters.Select(Parameter));
        List(code, "Constants", model.Constants.Select(c => $"new({AttributeText.Literal(c.Name)}, static () => {c.Expression})"));
        code.Line($"Attributes = static () => [{string.Join(", ", model.Attributes)}],");
        code.CloseBlock(";");
        foreach (var accessor in model.Accessors)
        {
            code.Line(accessor);
        }
    }

    private static void List(CodeWriter code, string name, IEnumerable<string> items)
    {
        code.Line($"{name} =");
        code.OpenBlock("[", brace: "");
        foreach (var item in items)
        {
            code.Line(item + ",");
        }

        code.CloseBlock(brace: "],");
    }

    private static string Step(StepModel step)
    {
        var decorators = step.Decorators.Count > 0
            ? $" {{ Decorators = static () => [{string.Join(", ", step.Decorators)}] }}"
            : "";
        return $"new({AttributeText.Literal(step.Name)}, {step.Invoker}){decorators}";
    }

    private static string Parameter(ParameterModel parameter)
    {
        var computed = parameter.Default is null ? "" : $", {parameter.Default}";
        var settings = new List<string> { $"Attribute = {parameter.Attribute}" };
        if (parameter.IsRequired)
        {
            settings.Add("IsRequired = true");
        }

        if (parameter.IsNullable)
        {
            settings.Add("IsNullable = true");
        }

        if (parameter.Initializer is { } initializer)
        {
            settings.Add($"InitializerText = {AttributeText.Literal(initializer)}");
        }

        return $"new {Definitions}.ParameterDefinition<{parameter.CodeType}>({AttributeText.Literal(parameter.Name)}, "
            + $"{parameter.Getter}, {parameter.Setter}{computed}) {{ {string.Join(", ", settings)} }}";
    }
}
