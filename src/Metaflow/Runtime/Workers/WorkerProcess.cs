using Metaflow.Definitions;

namespace Metaflow.Runtime.Workers;

/// <summary>The program when it was started to run tasks.</summary>
internal static class WorkerProcess
{
    /// <summary>The first argument of a worker.</summary>
    public const string Verb = "worker";

    /// <summary>Runs tasks until the scheduler goes away.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="services">Gives the services for flows whose constructor takes any.</param>
    /// <param name="args">The arguments after the verb.</param>
    public static Task<int> RunAsync(FlowDefinition definition, Func<IServiceProvider?> services, string[] args) =>
        throw new MetaflowException("Worker processes are not part of this build.");
}
