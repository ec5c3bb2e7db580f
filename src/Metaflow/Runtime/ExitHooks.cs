using System.Reflection;
using Metaflow.Definitions;

namespace Metaflow.Runtime;

/// <summary>Calls the hooks of a flow when its run has ended.</summary>
internal static class ExitHooks
{
    private const BindingFlags AnyStatic = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.FlattenHierarchy;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Says what is wrong with the hooks; <see langword="null"/> if all is well.</summary>
    public static string? Check(FlowDefinition definition)
    {
        foreach (var hook in Of(definition))
        {
            if (!(hook.TimeoutSeconds > 0 && hook.TimeoutSeconds <= Longest.TotalSeconds))
            {
                return $"[ExitHook] of flow {definition.Name}: TimeoutSeconds is more than 0 and at most {Longest.TotalSeconds:0}, and is {hook.TimeoutSeconds}.";
            }

            if (hook is { OnSuccess: null, OnFailure: null })
            {
                return $"[ExitHook] of flow {definition.Name} names no method: set OnSuccess, OnFailure or both.";
            }

            foreach (var name in (string?[])[hook.OnSuccess, hook.OnFailure])
            {
                if (name is not null && Find(definition, name) is null)
                {
                    return $"[ExitHook] of flow {definition.Name}: '{name}' is no method that can be called. It needs one "
                        + $"'static void {name}(RunOutcome run)', or 'static async Task {name}(RunOutcome run, CancellationToken cancellationToken)'.";
                }
            }
        }

        return null;
    }

    /// <summary>Calls the hooks. One that fails is told of and does not keep the others from being called.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="result">How its run has ended.</param>
    /// <param name="complain">Hears of hooks that fail.</param>
    /// <param name="time">The clock.</param>
    public static async Task RunAsync(FlowDefinition definition, RunResult result, Action<string> complain, TimeProvider time)
    {
        var succeeded = result.Status == RunStatus.Succeeded;
        var outcome = new RunOutcome(definition.Name, result.RunId, succeeded, result.Failure, result.Tasks, result.Elapsed);
        foreach (var hook in Of(definition))
        {
            if ((succeeded ? hook.OnSuccess : hook.OnFailure) is not { } name)
            {
                continue;
            }

            var limit = TimeSpan.FromSeconds(hook.TimeoutSeconds);
            using var timer = new CancellationTokenSource(limit, time);
            try
            {
                // On a thread of its own: a hook that blocks must not keep its time from running out.
                await Task.Run(() => CallAsync(Find(definition, name)!, outcome, timer.Token), CancellationToken.None)
                    .WaitAsync(limit + Grace, time, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception fault)
            {
                complain(timer.IsCancellationRequested
                    ? $"The exit hook {definition.Name}.{name} was not done within {hook.TimeoutSeconds:0.###} seconds."
                    : $"The exit hook {definition.Name}.{name} failed: {fault}");
            }
        }
    }

    private static IEnumerable<ExitHookAttribute> Of(FlowDefinition definition) => definition.FlowType.GetCustomAttributes<ExitHookAttribute>(inherit: true);

    private static MethodInfo? Find(FlowDefinition definition, string name)
    {
        var fitting = definition.FlowType.GetMethods(AnyStatic).Where(method => method.Name == name && IsHook(method)).ToList();
        return fitting is [var only] ? only : null;
    }

    private static bool IsHook(MethodInfo method)
    {
        var parameters = method.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
        return !method.IsGenericMethod
            && (method.ReturnType == typeof(void) || method.ReturnType == typeof(ValueTask) || method.ReturnType.IsAssignableTo(typeof(Task)))
            && (parameters is [] || (parameters[0] == typeof(RunOutcome) && (parameters.Length == 1 || (parameters.Length == 2 && parameters[1] == typeof(CancellationToken)))));
    }

    private static async Task CallAsync(MethodInfo method, RunOutcome outcome, CancellationToken cancellationToken)
    {
        object?[] arguments = [outcome, cancellationToken];
        var returned = method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments[..method.GetParameters().Length], null);
        await (returned switch
        {
            Task task => task,
            ValueTask task => task.AsTask(),
            _ => Task.CompletedTask,
        }).ConfigureAwait(false);
    }
}
