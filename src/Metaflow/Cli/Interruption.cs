using System.Runtime.InteropServices;
using Metaflow.Runtime.Workers;

namespace Metaflow.Cli;

/// <summary>
/// Turns the first Ctrl-C (or SIGTERM, or the terminal's end) into cancellation, so that the run ends in order. The second
/// one ends the process at once, whatever it is waiting for: what has finished is durable, and workers end with us.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action<string> _notice;
    private readonly Action<int> _end;

    private Interruption(Action<string> notice, Action<int> end, CancellationToken cancellationToken)
    {
        _notice = notice;
        _end = end;
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Fires on the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The exit code of a process that the first signal has ended.</summary>
    public int ExitCode { get; private set; } = ExitCodes.Interrupted;

    /// <summary>Starts to listen.</summary>
    /// <param name="notice">Tells the user that the signal was heard.</param>
    /// <param name="cancellationToken">Another reason to stop.</param>
    /// <param name="end">Ends the process; given by tests.</param>
    public static Interruption Listen(Action<string> notice, CancellationToken cancellationToken, Action<int>? end = null)
    {
        var interruption = new Interruption(notice, end ?? EndNow, cancellationToken);
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
        {
            interruption._registrations.Add(PosixSignalRegistration.Create(signal, interruption.Handle));
        }

        return interruption;
    }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _source.Dispose();
    }

    /// <summary>What a signal does.</summary>
    internal void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        var code = context.Signal switch
        {
            PosixSignal.SIGTERM => ExitCodes.Terminated,
            PosixSignal.SIGHUP => ExitCodes.HungUp,
            _ => ExitCodes.Interrupted,
        };
        if (_source.IsCancellationRequested)
        {
            _end(code);
            return;
        }

        ExitCode = code;
        _notice("Interrupted. The tasks that run are being stopped; interrupt again to end at once.");
        _source.Cancel();
    }

    // Handlers of the process's end could wait for what hangs; and a thread that writes to a full pipe holds the console.
    private static void EndNow(int code)
    {
        if (OperatingSystem.IsWindows())
        {
            Environment.Exit(code);
        }

        Posix.ExitNow(code);
    }
}
