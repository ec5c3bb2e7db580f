using System;
using System.Collections.Generic;
using System.Linq;

namespace Metaflow.Graph;

/// <summary>Rules for a step by itself.</summary>
internal static class StepRules
{
    public static void Check(RuleContext context)
    {
        foreach (var step in context.OwnSteps)
        {
            CheckName(context, step);
            CheckReturn(context, step);
            CheckInput(context, step);
            CheckModifiers(context, step);
        }

        CheckDistinct(context);
        foreach (var step in context.Graph.Steps.Where(step => step.Has(StepTraits.Hidden)))
        {
            context.Report(
                RuleCatalog.IsVisible, step,
                $"Step '{step.Name}' of the base class '{step.DeclaringType}' is not visible to flow '{context.Graph.Name}'. Make it 'protected' or 'public'.");
        }

        foreach (var step in context.Graph.Steps.Where(step => step.Has(StepTraits.HiddenDecorator)))
        {
            context.Report(
                RuleCatalog.IsVisible, step,
                $"Step '{step.Name}' of a base class has a decorator whose class is not visible to flow '{context.Graph.Name}'. Make the decorator public.");
        }

        foreach (var parameter in context.Graph.Parameters.Where(parameter => parameter.Has(ParameterTraits.Hidden)))
        {
            context.Report(
                RuleCatalog.IsVisible,
                $"Parameter '{parameter.Name}' of a base class is not visible to flow '{context.Graph.Name}'. Make it 'protected' or 'public'.");
        }
    }

    private static void CheckName(RuleContext context, StepNode step)
    {
        if (Names.IsReserved(step.Name))
        {
            context.Report(
                RuleCatalog.StepNameIsFree, step,
                $"A step cannot be called '{step.Name}': "
                + (step.Name[0] == '_' ? "names with a leading underscore belong to Metaflow." : "the name belongs to Metaflow."));
        }
    }

    private static void CheckReturn(RuleContext context, StepNode step)
    {
        if (step.Returns == StepReturn.AsyncVoid)
        {
            context.Report(
                RuleCatalog.NoAsyncVoid, step,
                $"Step '{step.Name}' is 'async void': nobody can wait for it. Make it return 'Task', or 'Task<Transition>' if another step follows.");
        }
        else if (step.Returns == StepReturn.Other)
        {
            context.Report(
                RuleCatalog.ReturnsTransition, step,
                $"Step '{step.Name}' must return 'Transition', 'Task<Transition>' or 'ValueTask<Transition>'; the end step returns 'void', 'Task' or 'ValueTask'.");
        }
    }

    private static void CheckInput(RuleContext context, StepNode step)
    {
        if (step.Takes == StepInput.Other)
        {
            context.Report(
                RuleCatalog.TakesItemOrInputs, step,
                $"Step '{step.Name}' must take nothing, or the item of a foreach, or 'JoinInputs<{context.Graph.Name}>'. Pass other data through artifacts.");
        }

        if (step.Has(StepTraits.ForeignInputs))
        {
            context.Report(
                RuleCatalog.InputsAreOwn, step,
                $"Join '{step.Name}' takes the inputs of another flow. Declare its parameter as 'JoinInputs<{context.Graph.Name}>'.");
        }
    }

    private static void CheckModifiers(RuleContext context, StepNode step)
    {
        if (step.Has(StepTraits.Static))
        {
            context.Report(RuleCatalog.IsInstance, step, $"Step '{step.Name}' cannot be static: it belongs to a flow object.");
        }

        if (step.Has(StepTraits.Generic))
        {
            context.Report(RuleCatalog.IsNotGeneric, step, $"Step '{step.Name}' cannot have type parameters: nothing would fill them in.");
        }
    }

    private static void CheckDistinct(RuleContext context)
    {
        var seen = new Dictionary<string, StepNode>(StringComparer.OrdinalIgnoreCase);
        foreach (var step in context.Graph.Steps)
        {
            if (!seen.TryGetValue(step.Name, out var first))
            {
                seen.Add(step.Name, step);
            }
            else if (first.Name == step.Name)
            {
                context.Report(
                    RuleCatalog.NoOverloads, step,
                    $"There are two steps '{step.Name}'. Steps are known by their name alone; rename one of them.");
            }
            else
            {
                context.Report(
                    RuleCatalog.NamesDiffer, step,
                    $"Steps '{first.Name}' and '{step.Name}' differ only by case, which look-ups from a shell ignore. Rename one of them.");
            }
        }
    }
}
