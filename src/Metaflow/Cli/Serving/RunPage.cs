namespace Metaflow.Cli.Serving;

/// <summary>Where the page of a run is in a dashboard.</summary>
/// <param name="root">The store.</param>
/// <param name="flow">The flow's name.</param>
/// <param name="runId">The run.</param>
/// <param name="cancellationToken">Gives up.</param>
/// <exception cref="MetaflowException">There is no dashboard, and none can be started.</exception>
internal delegate Task<Uri> FindRunPage(string root, string flow, string runId, CancellationToken cancellationToken);

/// <summary>
/// Shows a run in the dashboard while it goes on. The dashboard is found or started beside the run: it neither delays nor
/// fails it.
/// </summary>
internal sealed class RunPage : IDisposable
{
    /// <summary>A run that has ended waits so long for the address, to tell it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly VerbContext _context;
    private readonly bool _opens;
    private readonly Action<string> _notice;
    private readonly CancellationTokenSource _giveUp = new();
    private Task _opening = Task.CompletedTask;

    /// <param name="context">The command.</param>
    /// <param name="opens">Whether the user asks for the page. Otherwise it is only told where the team's dashboard has it.</param>
    /// <param name="notice">Tells the user something.</param>
    public RunPage(VerbContext context, bool opens, Action<string> notice) => (_context, _opens, _notice) = (context, opens, notice);

    /// <summary>The run has begun.</summary>
    public void Begin(string flow, string runId)
    {
        if (_context.Settings.DashboardUrl is { } dashboard)
        {
            Tell(DashboardTool.PageOf(dashboard, flow, runId));
        }
        else if (_opens)
        {
            _opening = Task.Run(() => OpenAsync(flow, runId), CancellationToken.None);
        }
    }

    /// <summary>The run has ended: waits a moment until its address was told.</summary>
    public async Task EndAsync()
    {
        _giveUp.CancelAfter(Patience);
        await _opening.ConfigureAwait(false);
    }

    public void Dispose() => _giveUp.Dispose();

    private async Task OpenAsync(string flow, string runId)
    {
        try
        {
            Tell(await _context.Host.FindRunPage(_context.StoreRoot, flow, runId, _giveUp.Token).ConfigureAwait(false));
        }
        catch (MetaflowException fault)
        {
            _notice($"The run has no page: {fault.Message}");
        }
        catch (OperationCanceledException)
        {
            _notice("The run has no page: the dashboard took too long to start.");
        }
    }

    private void Tell(Uri page)
    {
        _notice($"See the run at {page}");
        if (_opens)
        {
            Browser.TryOpen(page.ToString(), _context.Host.Console.IsTerminal, _context.Host.Environment);
        }
    }
}
