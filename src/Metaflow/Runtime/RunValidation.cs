using Metaflow.Definitions;
using Metaflow.Graph;
using Metaflow.Runtime.Tasks;

namespace Metaflow.Runtime;

/// <summary>Everything about a request that can be found wrong is found before anything is created.</summary>
internal static class RunValidation
{
    /// <exception cref="MetaflowException">The flow cannot be run as asked.</exception>
    public static void Check(RunRequest request)
    {
        if (request.MaxWorkers < 1)
        {
            throw new UsageException($"--max-workers must be at least 1, and is {request.MaxWorkers}.");
        }

        var graph = FlowGraph.Parse(request.Definition.Graph);
        if (graph.StartStep is null)
        {
            throw new MetaflowException($"Flow {request.Definition.Name} has no step to start with: name one 'Start' or mark it [Step(Start = true)].");
        }

        if (ExitHooks.Check(request.Definition) is { } fault)
        {
            throw new MetaflowException(fault);
        }

        foreach (var step in request.Definition.Steps)
        {
            foreach (var decorator in StepDecorators.Of(request.Definition, step, request.With))
            {
                var wrong = decorator.Validate() ?? (decorator is CatchAttribute handler ? CheckCatch(request.Definition, graph.Find(step.Name), handler) : null);
                if (wrong is not null)
                {
                    throw new MetaflowException($"Step {step.Name}: [{Naming.TrimSuffix(decorator.GetType().Name, nameof(Attribute))}]: {wrong}");
                }
            }
        }
    }

    /// <summary>What the editor checks where <see cref="CatchAttribute"/> is written, for where it is attached.</summary>
    private static string? CheckCatch(FlowDefinition definition, StepNode? step, CatchAttribute handler)
    {
        if (step is { IsSwitch: true } || step?.Transitions.Any(next => next.Kind is not (TransitionShape.Linear or TransitionShape.Split)) == true)
        {
            return "it cannot stand on a step that starts a foreach or chooses where to go: after a failure nothing would say how to go on. "
                + "Write [Catch] on the steps that may fail instead of attaching it to all.";
        }

        return handler.Var is { } name && !definition.Artifacts.Any(artifact => artifact.Name == name && artifact.Type == typeof(CaughtException))
            ? $"it stores into '{name}', which is no artifact of the flow that holds an exception. Declare '[Artifact] public partial CaughtException? {name} {{ get; set; }}'."
            : null;
    }
}
