using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Graph;
using Metaflow.Metadata;
using Metaflow.Runtime.Scheduling;
using Metaflow.Storage;

namespace Metaflow.Runtime;

/// <summary>A run that is resumed: nobody executes it, and nobody else resumes it meanwhile.</summary>
internal sealed class ResumeOrigin : IDisposable
{
    private readonly RunFolder _folder;
    private readonly RunLock _lock;

    private ResumeOrigin(RunFolder folder, RunLock held, ResumePlan plan, IReadOnlyList<StoredArtifact> parameters, int seed)
    {
        _folder = folder;
        _lock = held;
        Plan = plan;
        Parameters = parameters;
        Seed = seed;
        LastSegment = folder.LastSegment;
    }

    /// <summary>What can be taken over.</summary>
    public ResumePlan Plan { get; }

    /// <summary>The parameters and constants that the run was started with.</summary>
    public IReadOnlyList<StoredArtifact> Parameters { get; }

    /// <summary>The number from which the seeds of its tasks follow.</summary>
    public int Seed { get; }

    /// <summary>The last segment of the run.</summary>
    public int LastSegment { get; }

    /// <exception cref="MetaflowException">There is no such run or step, or somebody else has the run.</exception>
    public static ResumeOrigin Open(LocalStore store, string flowName, ResumeRequest resume, FlowGraph graph, TimeProvider time)
    {
        if (resume.Step is { } step && graph.Find(step) is null)
        {
            throw new UsageException(
                $"Flow {flowName} has no step '{step}' to resume from.{NearestMatch.Hint(step, graph.InOrder.Select(node => node.Name))} "
                + $"It has: {string.Join(", ", graph.InOrder.Select(node => node.Name))}.");
        }

        var folder = store.OpenRun(flowName, resume.OriginRunId);
        if (folder.Executor(time) is { } running)
        {
            throw new MetaflowException($"Run {folder} is still being executed: {running}. Wait for it or end it, then resume.");
        }

        var held = folder.TryLock(RunLocks.Resume, $"process {Environment.ProcessId}")
            ?? throw new MetaflowException($"Run {folder} is being resumed already: {folder.LockHolder(RunLocks.Resume)}.");
        try
        {
            using var run = RunReader.Open(store, flowName, resume.OriginRunId);
            return new(folder, held, ResumePlan.Read(folder, graph, resume.Step), run.Parameters, run.Info.Started.Seed);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Shares the run's segments with the run that resumes it.</summary>
    public void HandOver(RunFolder to)
    {
        to.AdoptSegments(_folder, LastSegment);

        // Whoever is refused from now on is told which run it is.
        _lock.Rename(RunLocks.Holder(to));
    }

    public void Dispose() => _lock.Dispose();
}
