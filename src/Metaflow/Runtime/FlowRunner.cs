namespace Metaflow.Runtime;

/// <summary>Runs a flow from its first step to its last. One object per run.</summary>
internal static class FlowRunner
{
    /// <summary>Runs the flow and returns when the run has ended, also when it failed.</summary>
    /// <exception cref="MetaflowException">The run could not be started; nothing was created.</exception>
    public static Task<RunResult> RunAsync(RunRequest request, IRunObserver observer, CancellationToken cancellationToken) =>
        throw new MetaflowException("The runtime is not part of this build.");
}
