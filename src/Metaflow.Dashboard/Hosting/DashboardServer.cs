using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Metaflow.Dashboard.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Metaflow.Dashboard.Hosting;

/// <summary>The dashboard as a server of its own, for one person on this machine.</summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    /// <summary>The port unless another is asked for.</summary>
    public const int DefaultPort = 8265;

    private readonly WebApplication _app;
    private readonly DashboardData _data;
    private readonly Visits _visits;

    private DashboardServer(WebApplication app, DashboardData data, LocalGate gate, Visits visits, int port)
    {
        _app = app;
        _visits = visits;
        _data = data;
        Url = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        OpenUrl = new($"{Url}?token={gate.Token}");
    }

    /// <summary>Where the dashboard is.</summary>
    public Uri Url { get; }

    /// <summary>The address that lets a browser in.</summary>
    public Uri OpenUrl { get; }

    /// <summary>Starts to listen on loopback.</summary>
    /// <param name="root">The store.</param>
    /// <param name="port">The port; 0 for any. <see langword="null"/>: the default one, or any if that is taken.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MetaflowException">There is no store, or the port is taken.</exception>
    public static async Task<DashboardServer> StartAsync(string? root, int? port, CancellationToken cancellationToken)
    {
        var data = new DashboardData(DashboardStore.Open(root, ns: null, TimeProvider.System), TimeProvider.System);
        try
        {
            if (port is null)
            {
                return IsFree(DefaultPort)
                    ? await StartAsync(data, DefaultPort, cancellationToken).ConfigureAwait(false)
                    : await StartAsync(data, 0, cancellationToken).ConfigureAwait(false);
            }

            return await StartAsync(data, port.Value, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException fault)
        {
            data.Dispose();
            throw new MetaflowException(
                string.Create(CultureInfo.InvariantCulture, $"The dashboard cannot listen on port {port}: {fault.Message} Choose another one with --port, or 0 for any."), fault);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>Waits until the process is asked to end.</summary>
    public Task WhenStoppedAsync(CancellationToken cancellationToken) => HostingAbstractionsHostExtensions.WaitForShutdownAsync(_app, cancellationToken);

    /// <summary>Waits until nobody has looked at a page for so long, or the process is asked to end.</summary>
    public Task WhenIdleAsync(TimeSpan limit, CancellationToken cancellationToken) =>
        Task.WhenAny(_visits.WhenIdleAsync(limit, cancellationToken), WhenStoppedAsync(cancellationToken));

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        _data.Dispose();
    }

    private static async Task<DashboardServer> StartAsync(DashboardData data, int port, CancellationToken cancellationToken)
    {
        // Not the working directory: a configuration file in it is no business of ours, and nothing is read from disk.
        var builder = WebApplication.CreateEmptyBuilder(new() { ContentRootPath = AppContext.BaseDirectory, ApplicationName = typeof(DashboardServer).Assembly.GetName().Name });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
        });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddRoutingCore();
        var gate = new LocalGate();
        var app = builder.Build();
        var visits = new Visits(TimeProvider.System);
        app.Use(gate.InvokeAsync);
        app.Use(visits.InvokeAsync);
        app.UseRouting();
        MetaflowEndpointRouteBuilderExtensions.Map(app, "/", data);
        app.UseEndpoints(_ => { });
        await app.StartAsync(cancellationToken).ConfigureAwait(false);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var bound = new Uri(address).Port;
        gate.Port = bound;
        _ = Task.Run(data.WarmUp, CancellationToken.None);
        return new(app, data, gate, visits, bound);
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
