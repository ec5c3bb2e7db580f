namespace Metaflow.Graph;

/// <summary>Rules for the flow class itself.</summary>
internal static class ClassRules
{
    public static void Check(RuleContext context)
    {
        var graph = context.Graph;
        if (graph.Has(FlowTraits.NotPartial))
        {
            context.Report(
                RuleCatalog.ClassIsPartial,
                $"Flow '{graph.Name}' must be declared 'partial', so that its artifacts and its registration can be generated.");
        }

        if (graph.Has(FlowTraits.ContainerNotPartial))
        {
            context.Report(
                RuleCatalog.ContainerIsPartial,
                $"Flow '{graph.Name}' is nested in a type that is not 'partial'. Declare every type around it 'partial', or move it out.");
        }

        if (graph.Has(FlowTraits.FileLocal))
        {
            context.Report(
                RuleCatalog.ClassIsPlain,
                $"Flow '{graph.Name}' is visible in its file only, where no part can be generated. Declare it 'internal' instead of 'file'.");
        }

        if (graph.Has(FlowTraits.Generic) && !graph.Has(FlowTraits.Abstract))
        {
            context.Report(
                RuleCatalog.ClassIsPlain,
                $"Flow '{graph.Name}' is generic, or nested in a generic type, and cannot be run. Make it abstract and derive a class with the types filled in.");
        }

        if (graph.Has(FlowTraits.HiddenConstructor) && !graph.Has(FlowTraits.Abstract))
        {
            context.Report(
                RuleCatalog.ConstructorIsPublic,
                $"The constructor of flow '{graph.Name}' takes services and is not public. Make it public, or add one without parameters.");
        }

        if (graph.Has(FlowTraits.UnknownBase))
        {
            context.Report(
                RuleCatalog.BaseIsGenerated,
                $"Flow '{graph.Name}' inherits steps from an assembly that was built without the Metaflow generator, or with another version of it. "
                + "Reference the same Metaflow package there and rebuild it.");
        }

        if (graph.Steps.Count == 0 && !graph.Has(FlowTraits.Abstract) && !graph.Has(FlowTraits.NotPartial))
        {
            context.Report(RuleCatalog.HasSteps, $"Flow '{graph.Name}' has no steps. Mark its methods with [Step].");
        }
    }
}
