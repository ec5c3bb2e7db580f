using Metaflow.Storage;

namespace Metaflow.Metadata;

/// <summary>
/// Whether a run is executed. On this machine the operating system says so: the scheduler's lock falls when its process
/// dies. Locks of another machine may not be seen here, so a scheduler also gives a sign of life now and then.
/// </summary>
internal static class RunLife
{
    /// <summary>How often a scheduler gives a sign of life.</summary>
    public static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(10);

    /// <summary>After so long without one, a run of another machine is dead.</summary>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(60);

    /// <summary>Who executes a run; <see langword="null"/> if nobody.</summary>
    public static string? Executor(this RunFolder run, TimeProvider time)
    {
        var holder = run.LockHolder(RunLocks.Scheduler);
        if (run.LastBeat(RunLocks.Scheduler) is not var (name, beat) || RunLocks.IsHere(name))
        {
            return holder;
        }

        return time.GetUtcNow() - beat < SilenceLimit ? holder ?? name : null;
    }

    /// <summary>Whether somebody executes a run.</summary>
    public static bool IsExecuted(this RunFolder run, TimeProvider time) => run.Executor(time) is not null;

    /// <summary>Gives signs of life until the result is disposed.</summary>
    public static ITimer KeepAlive(this RunLock held, TimeProvider time) =>
        time.CreateTimer(_ => held.Beat(), null, BeatInterval, BeatInterval);
}
