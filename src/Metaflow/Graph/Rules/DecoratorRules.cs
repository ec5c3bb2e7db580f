using System.Globalization;
using System.Linq;

namespace Metaflow.Graph;

/// <summary>Rules for Metaflow's own decorators.</summary>
internal static class DecoratorRules
{
    private const int MaximumRetries = 4;

    public static void Check(RuleContext context)
    {
        foreach (var step in context.OwnSteps)
        {
            foreach (var decorator in step.Decorators)
            {
                switch (decorator.Name)
                {
                    case "Retry":
                        CheckRetry(context, step, decorator);
                        break;
                    case "Timeout":
                        CheckTimeout(context, step, decorator);
                        break;
                    case "Catch":
                        CheckCatch(context, step, decorator);
                        break;
                }
            }
        }
    }

    private static void CheckRetry(RuleContext context, StepNode step, DecoratorNode retry)
    {
        if (Number(retry["Times"]) is { } times and (< 0 or > MaximumRetries))
        {
            context.Report(
                RuleCatalog.RetryIsBounded, step,
                $"[Retry] on step '{step.Name}': Times must be from 0 to {MaximumRetries}, and is {times.ToString(CultureInfo.InvariantCulture)}.",
                retry.Location);
        }
    }

    private static void CheckTimeout(RuleContext context, StepNode step, DecoratorNode timeout)
    {
        var seconds = (Number(timeout["Seconds"]) ?? 0) + (60 * (Number(timeout["Minutes"]) ?? 0)) + (3600 * (Number(timeout["Hours"]) ?? 0));
        if (!(seconds > 0))
        {
            context.Report(
                RuleCatalog.TimeoutIsGiven, step,
                $"[Timeout] on step '{step.Name}' gives no duration. Set Seconds, Minutes or Hours.",
                timeout.Location);
        }
    }

    private static void CheckCatch(RuleContext context, StepNode step, DecoratorNode decorator)
    {
        if (step.IsSwitch || step.Transitions.Any(t => t.Kind is TransitionShape.ForEach or TransitionShape.Parallel))
        {
            context.Report(
                RuleCatalog.CatchNeedsOneWay, step,
                $"[Catch] cannot stand on step '{step.Name}': after a failure nothing would say "
                + (step.IsSwitch ? "which way to go." : "what to iterate over.") + " Move the work that may fail to a step of its own.",
                decorator.Location);
        }

        if (decorator["Var"] is not { Length: > 0 } name)
        {
            return;
        }

        var artifact = context.Graph.Artifacts.FirstOrDefault(a => a.Name == name);
        if (artifact is null)
        {
            var near = Names.Nearest(name, context.Graph.Artifacts.Select(a => a.Name));
            context.Report(
                RuleCatalog.CatchVarIsArtifact, step,
                $"[Catch] on step '{step.Name}' stores into '{name}', which is not an artifact. "
                + (near is null ? $"Declare '[Artifact] public partial CaughtException? {name} {{ get; set; }}'." : $"Did you mean '{near}'?"),
                decorator.Location);
        }
        else if (artifact.Type != "CaughtException")
        {
            context.Report(
                RuleCatalog.CatchVarIsArtifact, step,
                $"[Catch] on step '{step.Name}' stores an exception into '{name}', which is declared as '{artifact.Type}'. Declare it as 'CaughtException?'.",
                decorator.Location);
        }
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
