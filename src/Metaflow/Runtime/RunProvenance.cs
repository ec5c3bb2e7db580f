using Metaflow.Provenance.Capture;
using Metaflow.Storage;

namespace Metaflow.Runtime;

/// <summary>Keeps what produces a run beside the run, which waits for it only at its end.</summary>
internal sealed class RunProvenance : IAsyncDisposable
{
    private readonly Task<string?> _kept;

    private RunProvenance(Task<string?> kept) => _kept = kept;

    /// <summary>Begins.</summary>
    public static RunProvenance Begin(RunRequest request, LocalStore store, SegmentWriter writer)
    {
        return new(request.Provenance is { } wanted
            ? Task.Run(() => ProvenanceCapture.RunAsync(wanted, store, Write, request.Time), CancellationToken.None)
            : Task.FromResult<string?>(null));

        void Write(byte[] header, byte[] body)
        {
            writer.Append(RecordKind.Provenance, header, body);
            writer.Commit();
        }
    }

    /// <summary>Waits until it is durable.</summary>
    public async Task CompleteAsync(IRunObserver observer)
    {
        if (await _kept.ConfigureAwait(false) is { } fault)
        {
            observer.Notice(fault);
        }
    }

    public async ValueTask DisposeAsync() => await ((Task)_kept).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
