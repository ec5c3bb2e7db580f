using System.Runtime.InteropServices;

namespace Metaflow.Cli;

/// <summary>
/// Turns the first Ctrl-C (or SIGTERM, or the terminal's end) into cancellation, so that the run ends in order. The second
/// one ends the process as usual.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action<string> _notice;

    private Interruption(Action<string> notice, CancellationToken cancellationToken)
    {
        _notice = notice;
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Fires on the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Starts to listen; <paramref name="notice"/> tells the user that the signal was heard.</summary>
    public static Interruption Listen(Action<string> notice, CancellationToken cancellationToken)
    {
        var interruption = new Interruption(notice, cancellationToken);
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
        if (_source.IsCancellationRequested)
        {
            return;
        }

        context.Cancel = true;
        _notice("Interrupted. The tasks that run are being stopped; interrupt again to end at once.");
        _source.Cancel();
    }
}
