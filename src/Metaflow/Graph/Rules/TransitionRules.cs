using System.Linq;

namespace Metaflow.Graph;

/// <summary>Rules for a transition by itself.</summary>
internal static class TransitionRules
{
    public static void Check(RuleContext context)
    {
        foreach (var step in context.OwnSteps)
        {
            foreach (var transition in step.Transitions)
            {
                Check(context, step, transition);
            }

            var leadsNowhere = step.Transitions.Count == 0 && step.Returns == StepReturn.Transition
                && !step.Has(StepTraits.Abstract) && step.Name != context.Graph.EndStep?.Name;
            if (leadsNowhere)
            {
                context.Report(
                    RuleCatalog.LeadsOn, step,
                    $"Step '{step.Name}' never returns a transition, so the flow cannot get past it.");
            }

            if (step.IsJoin && step.Transitions.FirstOrDefault(t => t.OpensSplit) is { } split)
            {
                context.Report(
                    RuleCatalog.JoinDoesNotSplit, step,
                    $"Join '{step.Name}' also starts a {(split.Kind == TransitionShape.Split ? "split" : GraphWords.Of(split.Kind))}. "
                    + "A step is either one; lead from the join to a step that splits.",
                    split.Location);
            }
        }
    }

    private static void Check(RuleContext context, StepNode step, TransitionNode transition)
    {
        if (transition.IsDropped)
        {
            context.Report(
                RuleCatalog.IsReturned, step,
                step.IsTerminal
                    ? $"Step '{step.Name}' calls Next, but returns nothing, so the call has no effect. Make it return 'Transition' and return the call, or remove the call."
                    : $"This transition of step '{step.Name}' is not returned, so it has no effect. Write 'return' before it.",
                transition.Location);
            return;
        }

        if (transition.Kind == TransitionShape.Computed)
        {
            context.Report(
                RuleCatalog.IsNamed, step,
                $"The transition of step '{step.Name}' is computed. Return Next with the step named directly, such as 'return Next(Train);', "
                + "and choose between several with 'if' or 'switch': the graph is read from the source.",
                transition.Location);
            return;
        }

        CheckTargets(context, step, transition);
        if (transition is { Kind: TransitionShape.ForEach, Unordered: { } source })
        {
            context.Report(new(
                RuleCatalog.ItemsAreOrdered,
                $"The foreach of step '{step.Name}' iterates over '{source}', whose order is not defined, so the same branch may get another item in the next run. "
                + "Sort the items, for instance with '.Order()'.",
                context.At(step, transition.ItemsLocation)) { Step = step.Name });
        }
    }

    private static void CheckTargets(RuleContext context, StepNode step, TransitionNode transition)
    {
        for (var i = 0; i < transition.Targets.Count; i++)
        {
            var target = transition.Targets[i];
            if (context.Graph.Find(target) is null)
            {
                var near = Names.Nearest(target, context.Graph.Steps.Select(s => s.Name));
                context.Report(new(
                    RuleCatalog.TargetIsStep,
                    $"Step '{step.Name}' leads to '{target}', which is not a step. "
                    + (near is null ? "Mark the method with [Step]." : $"Did you mean '{near}'?"),
                    context.At(step, transition.LocationOf(i))) { Step = step.Name, Subject = near });
            }
            else if (transition.Targets.Take(i).Contains(target))
            {
                context.Report(
                    RuleCatalog.TargetsDiffer, step,
                    $"The split of step '{step.Name}' names '{target}' twice. Use NextForEach to run a step several times.",
                    transition.LocationOf(i));
            }
        }
    }
}
