using System;
using System.Collections.Generic;
using System.Linq;

namespace Metaflow.Graph;

/// <summary>Rules for artifacts and parameters by themselves.</summary>
internal static class MemberRules
{
    public static void Check(RuleContext context)
    {
        foreach (var artifact in context.Graph.Artifacts.Where(artifact => !artifact.Has(ArtifactTraits.Inherited)))
        {
            CheckArtifact(context, artifact);
        }

        foreach (var parameter in context.Graph.Parameters.Where(parameter => !parameter.Has(ParameterTraits.Inherited)))
        {
            CheckParameter(context, parameter);
        }

        CheckDistinct(context);
        foreach (var step in context.OwnSteps)
        {
            foreach (var write in step.Dataflow.ParameterWrites)
            {
                context.Report(
                    RuleCatalog.ParametersAreFixed, step,
                    $"Step '{step.Name}' assigns parameter '{write.Name}'. A parameter has the same value in every task; use an artifact.",
                    write.Location);
            }
        }
    }

    private static void CheckArtifact(RuleContext context, ArtifactNode artifact)
    {
        var name = artifact.Name;
        if (artifact.Has(ArtifactTraits.NotPartial))
        {
            Report(RuleCatalog.ArtifactIsPartial, $"Artifact '{name}' must be declared 'partial' and without a body: its body is generated.");
        }

        if (artifact.Has(ArtifactTraits.Static))
        {
            Report(RuleCatalog.ArtifactIsInstance, $"Artifact '{name}' cannot be static: each task has its own.");
        }

        if (artifact.Has(ArtifactTraits.NoSetter) || artifact.Has(ArtifactTraits.InitOnly))
        {
            Report(RuleCatalog.ArtifactHasSetter, $"Artifact '{name}' needs a 'set' accessor, or no step could set it.");
        }

        if (artifact.Has(ArtifactTraits.HidesMember) || Names.IsReserved(name))
        {
            Report(RuleCatalog.ArtifactNameIsFree, $"An artifact cannot be called '{name}': the name belongs to Metaflow.");
        }

        if (artifact.Unstorable is { } reason)
        {
            Report(RuleCatalog.ArtifactIsStorable, $"Artifact '{name}' is of type '{artifact.Type}', which can never be stored: {reason}.");
        }

        void Report(Rule rule, string message) => context.Report(new(rule, message, artifact.Location) { Subject = name });
    }

    private static void CheckParameter(RuleContext context, ParameterNode parameter)
    {
        var name = parameter.Name;
        if (parameter.Has(ParameterTraits.AlsoArtifact))
        {
            Report(RuleCatalog.ArtifactOrParameter, $"'{name}' cannot be a parameter and an artifact. A parameter's value is in every task anyway.");
        }

        if (parameter.Has(ParameterTraits.Static))
        {
            Report(RuleCatalog.ParameterIsInstance, $"Parameter '{name}' cannot be static.");
        }
        else if (parameter.Has(ParameterTraits.NoSetter) || parameter.Has(ParameterTraits.NoGetter) || parameter.Has(ParameterTraits.Settable))
        {
            Report(
                RuleCatalog.ParameterIsInit,
                $"Parameter '{name}' must be declared with '{{ get; init; }}': it is set when the run starts and stays the same.");
        }

        if (Names.IsReservedOption(Names.OptionKey(parameter.Option)))
        {
            Report(
                RuleCatalog.ParameterNameIsFree,
                $"Parameter '{name}' would be the option '--{parameter.Option}', which is taken. Rename it, or give it another option: [Parameter(Name = \"…\")].");
        }

        if (parameter.Separator is not null && !parameter.Has(ParameterTraits.List))
        {
            Report(RuleCatalog.SeparatorNeedsList, $"Parameter '{name}' has a separator, but '{parameter.Type}' is not a list.");
        }

        if (parameter.Has(ParameterTraits.DefaultMissing))
        {
            Report(RuleCatalog.DefaultExists, $"Parameter '{name}': the flow has no static method '{parameter.DefaultFrom}'.");
        }
        else if (parameter.Has(ParameterTraits.DefaultMismatch))
        {
            Report(
                RuleCatalog.DefaultFits,
                $"Parameter '{name}': '{parameter.DefaultFrom}' must be declared 'static {parameter.Type} {parameter.DefaultFrom}(ParameterContext context)'.");
        }

        void Report(Rule rule, string message) => context.Report(new(rule, message, parameter.Location) { Subject = name });
    }

    private static void CheckDistinct(RuleContext context)
    {
        var artifacts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var artifact in context.Graph.Artifacts)
        {
            if (artifacts.TryGetValue(artifact.Name, out var first) && first != artifact.Name)
            {
                context.Report(new(
                    RuleCatalog.NamesDiffer,
                    $"Artifacts '{first}' and '{artifact.Name}' differ only by case, which look-ups from a shell ignore. Rename one of them.",
                    artifact.Has(ArtifactTraits.Inherited) ? context.Graph.Location : artifact.Location));
            }

            artifacts[artifact.Name] = artifact.Name;
        }

        var options = new Dictionary<string, ParameterNode>();
        foreach (var parameter in context.Graph.Parameters)
        {
            var key = Names.OptionKey(parameter.Option);
            if (options.TryGetValue(key, out var first))
            {
                context.Report(new(
                    RuleCatalog.ParameterNamesDiffer,
                    $"Parameters '{first.Name}' and '{parameter.Name}' are both the option '--{key}'. Rename one of them.",
                    parameter.Has(ParameterTraits.Inherited) ? context.Graph.Location : parameter.Location));
            }

            options[key] = parameter;
        }
    }
}
