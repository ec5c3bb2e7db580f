using System.Linq;

namespace Metaflow.Graph;

/// <summary>Rules for where a flow begins and ends.</summary>
internal static class EndpointRules
{
    public static void Check(RuleContext context)
    {
        var graph = context.Graph;

        // A step that lacks its mark has been reported where it is named.
        var lacksSteps = context.Problems.Any(problem => problem.Rule == RuleCatalog.TargetIsStep);
        if (graph.StartStep is not { } start)
        {
            context.Report(
                RuleCatalog.HasStart,
                $"Flow '{graph.Name}' has no start step. Name one '{Endpoints.StartName}', or mark it [Step(Start = true)].");
        }
        else
        {
            CheckMarks(context, StepTraits.MarkedStart, Endpoints.StartName, "Start");
            CheckStart(context, start);
        }

        if (graph.EndStep is not { } end)
        {
            if (lacksSteps)
            {
                return;
            }

            context.Report(
                RuleCatalog.HasEnd,
                $"Flow '{graph.Name}' has no end step. Name one '{Endpoints.EndName}', or mark it [Step(End = true)].");
        }
        else
        {
            CheckMarks(context, StepTraits.MarkedEnd, Endpoints.EndName, "End");
            CheckEnd(context, end);
            CheckOthers(context, end);
        }
    }

    private static void CheckMarks(RuleContext context, StepTraits mark, string name, string flag)
    {
        var marked = context.Graph.Steps.Where(step => step.Has(mark)).ToList();
        foreach (var second in marked.Skip(1))
        {
            context.Report(
                RuleCatalog.OneEndpoint, second,
                $"Steps '{marked[0].Name}' and '{second.Name}' are both marked [Step({flag} = true)]. Only one can be.");
        }

        if (marked.Count > 0 && context.Graph.Find(name) is { } named && !named.Has(mark))
        {
            context.Report(
                RuleCatalog.EndpointIsClear, named,
                $"Step '{named.Name}' has the name of the {flag.ToLowerInvariant()} step, but '{marked[0].Name}' is marked [Step({flag} = true)]. "
                + "Rename the one, or remove the mark from the other.");
        }
    }

    private static void CheckStart(RuleContext context, StepNode start)
    {
        foreach (var step in context.Graph.Steps.Where(step => step.Name != start.Name))
        {
            foreach (var transition in step.Transitions)
            {
                var target = transition.Targets.ToList().IndexOf(start.Name);
                if (target >= 0)
                {
                    context.Report(
                        RuleCatalog.StartHasNoParents, step,
                        $"Step '{step.Name}' leads back to the start step '{start.Name}'. A flow begins there once; only a step itself can be repeated.",
                        transition.LocationOf(target));
                }
            }
        }

        if (start.Takes is StepInput.Item or StepInput.Join)
        {
            context.Report(
                RuleCatalog.StartTakesNothing, start,
                $"The start step '{start.Name}' takes {(start.IsJoin ? "join inputs" : "an item")}, but no step comes before it. Remove the parameter.");
        }
    }

    private static void CheckEnd(RuleContext context, StepNode end)
    {
        if (end.IsJoin)
        {
            context.Report(
                RuleCatalog.EndIsNoJoin, end,
                $"The end step '{end.Name}' cannot be a join. Add a join step that leads to it.");
        }

        if (end.Returns == StepReturn.Transition)
        {
            context.Report(
                RuleCatalog.EndReturnsNothing, end,
                $"The end step '{end.Name}' returns a transition, but nothing can follow. Make it return 'void' or 'Task'.");
        }
    }

    private static void CheckOthers(RuleContext context, StepNode end)
    {
        foreach (var step in context.Graph.Steps.Where(step => step.Returns == StepReturn.Nothing && step.Name != end.Name))
        {
            context.Report(
                RuleCatalog.OnlyEndReturnsNothing, step,
                $"Step '{step.Name}' returns nothing, but the flow ends in '{end.Name}'. "
                + $"Make it return 'Transition', such as 'return Next({end.Name});'.");
        }
    }
}
