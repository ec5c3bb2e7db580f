using System.Runtime.InteropServices;

namespace Metaflow.Storage.Files;

/// <summary>
/// Advises the kernel about memory that is about to be filled. A page that was never touched costs more than filling it, so
/// large memory is asked for in large pages, and smaller memory ahead of who fills it, by another thread. Neither changes
/// what the memory holds, and a kernel that does not know the advice is only slower.
/// </summary>
internal sealed unsafe partial class NewPages : IThreadPoolWorkItem, IDisposable
{
    private const int AdviseLarge = 14;
    private const int AdvisePopulate = 23;

    private const int LargePageLength = 2 << 20;

    /// <summary>How much is asked for at a time: whoever has filled the memory waits no longer than for that.</summary>
    private const int Step = 128 << 10;

    private const int Waiting = 0;
    private const int Running = 1;
    private const int Ended = 2;

    private static readonly int PageLength = Environment.SystemPageSize;

    private readonly byte* _start;
    private readonly byte* _end;
    private int _state;
    private volatile bool _isFilled;

    private NewPages(byte* start, byte* end)
    {
        _start = start;
        _end = end;
    }

    /// <summary>Asks for large pages.</summary>
    /// <param name="start">The memory; it does not move during the call.</param>
    /// <param name="length">Its length.</param>
    public static void AskForLarge(byte* start, nint length)
    {
        if (OperatingSystem.IsLinux() && length >= 2 * LargePageLength)
        {
            Advise(start, start + length, AdviseLarge);
        }
    }

    /// <summary>Asks another processor for the memory ahead of who fills it, until what is returned is disposed.</summary>
    /// <param name="start">The memory; it does not move until then.</param>
    /// <param name="length">Its length.</param>
    public static NewPages? Populate(byte* start, nint length)
    {
        if (!OperatingSystem.IsLinux() || Environment.ProcessorCount == 1 || length < Step)
        {
            return null;
        }

        var pages = new NewPages(start, start + length);
        ThreadPool.UnsafeQueueUserWorkItem(pages, preferLocal: false);
        return pages;
    }

    public void Execute()
    {
        if (Interlocked.CompareExchange(ref _state, Running, Waiting) == Waiting)
        {
            for (var at = _start; at < _end && !_isFilled; at += Step)
            {
                Advise(at, (byte*)Math.Min((nint)(at + Step), (nint)_end), AdvisePopulate);
            }

            Volatile.Write(ref _state, Ended);
        }
    }

    public void Dispose()
    {
        _isFilled = true;
        if (Interlocked.CompareExchange(ref _state, Ended, Waiting) == Running)
        {
            for (var wait = default(SpinWait); Volatile.Read(ref _state) != Ended;)
            {
                wait.SpinOnce(sleep1Threshold: -1);
            }
        }
    }

    /// <summary>The pages that lie in a range as a whole, or begin in it: all but the first, which was touched by the allocation.</summary>
    private static void Advise(byte* start, byte* end, int advice)
    {
        var first = ((nint)start + PageLength - 1) / PageLength * PageLength;
        if (first < (nint)end)
        {
            // Only advice: that it was not taken changes nothing.
            _ = Advise(first, (nint)end - first, advice);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nint length, int advice);
}
