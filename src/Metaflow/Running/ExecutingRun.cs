using System.Threading.Channels;
using Metaflow.Client;
using Metaflow.Events;

namespace Metaflow.Running;

/// <summary>
/// A run that this program has started. Dispose it when it is no longer needed: a run that still goes on is then ended in
/// order, as by Ctrl-C, and can be resumed.
/// </summary>
public sealed class ExecutingRun : IAsyncDisposable
{
    /// <summary>More events that nobody reads are not kept: the oldest go.</summary>
    private const int KeptEvents = 100_000;

    private readonly MetaflowClient _client;
    private readonly ChannelReader<RunEvent> _events;
    private readonly Task _ended;
    private readonly Action _cancel;

    internal ExecutingRun(MetaflowClient client, RunReference run, ChannelReader<RunEvent> events, Task ended, Action cancel)
    {
        _client = client;
        Run = run;
        _events = events;
        _ended = ended;
        _cancel = cancel;
    }

    /// <summary>The run, to be read with the client while it goes on and until this object is disposed.</summary>
    public RunReference Run { get; }

    /// <summary>Where the run is found: <c>GenreFlow/3</c>.</summary>
    public string PathSpec => Run.PathSpec;

    /// <summary>
    /// What happens in the run, from its start to its end. Each event is given once, to one reader. If nobody reads, the
    /// oldest of more than 100,000 events are dropped; the run never waits for a reader.
    /// </summary>
    /// <param name="cancellationToken">Ends the reading; the run goes on.</param>
    public IAsyncEnumerable<RunEvent> Events(CancellationToken cancellationToken = default) => _events.ReadAllAsync(cancellationToken);

    /// <summary>Waits until the run has ended.</summary>
    /// <param name="cancellationToken">Ends the waiting; the run goes on.</param>
    /// <returns>The run; its <see cref="RunReference.Status"/> says how it ended.</returns>
    /// <exception cref="MetaflowException">The run could not be executed to its end: the store or the program failed.</exception>
    public async Task<RunReference> WhenFinishedAsync(CancellationToken cancellationToken = default)
    {
        await _ended.WaitAsync(cancellationToken).ConfigureAwait(false);
        return Run;
    }

    /// <summary>Ends the run in order, as Ctrl-C does, and waits for its end. It can be resumed.</summary>
    /// <param name="cancellationToken">Ends the waiting; the run ends nevertheless.</param>
    public async Task<RunReference> CancelAsync(CancellationToken cancellationToken = default)
    {
        _cancel();
        return await WhenFinishedAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _cancel();

        // Whoever wants to know how it ended has asked.
        await _ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _client.Dispose();
    }

    /// <summary>A queue of events between a run and its reader.</summary>
    internal static Channel<RunEvent> NewChannel() =>
        Channel.CreateBounded<RunEvent>(new BoundedChannelOptions(KeptEvents) { FullMode = BoundedChannelFullMode.DropOldest });
}
