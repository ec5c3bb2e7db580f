using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Housekeeping;

/// <summary>A run that nobody else can begin to use until this is disposed.</summary>
internal sealed class HeldRun : IDisposable
{
    private readonly List<RunLock> _locks = [];

    private HeldRun()
    {
    }

    /// <summary>Holds a run; <see langword="null"/> if somebody uses it.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="holder">Who uses it, if that is known.</param>
    public static HeldRun? TryTake(RunFolder folder, out string? holder)
    {
        holder = null;
        var held = new HeldRun();
        try
        {
            foreach (var purpose in RunLocks.All)
            {
                if (folder.TryLock(purpose, RunLocks.Remover, mayBeNameless: true) is not { } taken)
                {
                    holder = folder.LockHolder(purpose);
                    held.Dispose();
                    return null;
                }

                held._locks.Add(taken);
            }

            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public void Dispose() => _locks.ForEach(taken => taken.Dispose());
}
