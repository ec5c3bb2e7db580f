using Metaflow.Definitions;
using Microsoft.Extensions.Hosting;

namespace Metaflow;

/// <summary>A flow program with its services. Get one from <see cref="Flow.CreateBuilder{TFlow}"/>.</summary>
public sealed class FlowApplication : IAsyncDisposable
{
    private readonly FlowDefinition _definition;
    private readonly string[] _args;
    private readonly IHost _host;
    private readonly Lock _lock = new();
    private bool _isStarted;

    internal FlowApplication(FlowDefinition definition, string[] args, IHost host)
    {
        _definition = definition;
        _args = args;
        _host = host;
    }

    /// <summary>The services. They are there before the program runs; hosted services start with the first flow object.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Does what the command line says, and disposes the services afterwards.</summary>
    /// <param name="cancellationToken">Ends a run in order, as Ctrl-C does.</param>
    /// <returns>The exit code; see <see cref="Flow.RunAsync{TFlow}(string[], CancellationToken)"/>.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await Flow.RunAsync(_definition, _args, isOneOfSeveral: false, StartedServices, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Stops hosted services and disposes all services.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isStarted)
        {
            _isStarted = false;
            await _host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }

        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The services, once hosted services run. Verbs that need no flow object do not pay for starting them.</summary>
    internal IServiceProvider StartedServices()
    {
        lock (_lock)
        {
            if (!_isStarted)
            {
                _host.Start();
                _isStarted = true;
            }
        }

        return _host.Services;
    }
}
