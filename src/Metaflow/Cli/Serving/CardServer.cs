using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Metaflow.Cards;

namespace Metaflow.Cli.Serving;

/// <summary>
/// Serves cards to a browser on this machine. It listens on the loopback address only, wants the token that only its
/// address tells (later its cookie), answers only to its own name, and reads nothing but cards. It is a few requests of
/// HTTP on a socket: a web server's libraries would cost every flow program their start.
/// </summary>
internal sealed class CardServer : IDisposable
{
    /// <summary>Where the server is unless another port is wanted.</summary>
    public const int DefaultPort = 8324;

    private const string CookieName = "metaflow-cards";
    private const string PagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private const int MaximumConnections = 64;

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    private readonly CardServerModel _model;
    private readonly TimeProvider _time;
    private readonly TcpListener _listener;
    private readonly string _token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private readonly string _authority;
    private readonly int _port;

    public CardServer(CardServerModel model, int port, TimeProvider time)
    {
        _model = model;
        _time = time;
        _listener = new(IPAddress.Loopback, port);
        try
        {
            _listener.Start();
        }
        catch (SocketException fault)
        {
            _listener.Dispose();
            throw new MetaflowException($"Port {port} cannot be used: {fault.Message}. Give another one, --port, or 0 for a free one.", fault);
        }

        _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _authority = $"127.0.0.1:{_port}";
    }

    /// <summary>What to open: with the token.</summary>
    public string Address => $"http://{_authority}/?token={_token}";

    /// <summary>Answers requests until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var room = new SemaphoreSlim(MaximumConnections);
        try
        {
            while (true)
            {
                await room.WaitAsync(cancellationToken).ConfigureAwait(false);
                var socket = await _listener.AcceptTcpClientAsync(cancellationToken).ConfigureAwait(false);
                _ = Task.Run(() => ServeAsync(socket, room, cancellationToken), CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C is how a server ends.
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(TcpClient socket, SemaphoreSlim room, CancellationToken cancellationToken)
    {
        try
        {
            using (socket)
            using (var timer = new CancellationTokenSource(RequestTimeout, _time))
            using (var both = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken))
            {
                var stream = socket.GetStream();
                await using (stream.ConfigureAwait(false))
                {
                    var answer = await HttpRequest.ReadAsync(stream, both.Token).ConfigureAwait(false) is { } request
                        ? Answer(request)
                        : HttpAnswer.Text(400, "This is no request that this server understands.");
                    await answer.WriteAsync(stream, both.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception fault) when (fault is IOException or SocketException or OperationCanceledException)
        {
            // The browser went away or was too slow; it asks again if it wants to.
        }
        finally
        {
            try
            {
                room.Release();
            }
            catch (ObjectDisposedException)
            {
                // The server ended meanwhile.
            }
        }
    }

    private HttpAnswer Answer(HttpRequest request)
    {
        if (request.Method != "GET")
        {
            return HttpAnswer.Text(405, "Only GET.");
        }

        // Another site whose name points here (DNS rebinding) has its own name in the request.
        if (request.Header("host") is not { } host || (host != _authority && host != $"localhost:{_port}"))
        {
            return HttpAnswer.Text(421, "This server is known by another name.");
        }

        if (request.Header("origin") is { } origin && origin != $"http://{host}")
        {
            return HttpAnswer.Text(403, "Only pages of this server may ask.");
        }

        if (request.Path == "/" && request.Query("token") is { } given)
        {
            return IsToken(given)
                ? HttpAnswer.Redirect("/", $"{CookieName}-{_port}={_token}; HttpOnly; SameSite=Strict; Path=/")
                : Refused();
        }

        if (request.Cookie($"{CookieName}-{_port}") is not { } cookie || !IsToken(cookie))
        {
            return Refused();
        }

        try
        {
            return Route(request);
        }
        catch (MetaflowException fault)
        {
            return HttpAnswer.Text(500, fault.Message);
        }
    }

    private HttpAnswer Route(HttpRequest request) => request.Path switch
    {
        "/" => new(200, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(CardAssets.Text("server.html"))) { Policy = PagePolicy },
        "/server.js" => new(200, "text/javascript; charset=utf-8", Encoding.UTF8.GetBytes(CardAssets.Text("server.js"))),
        "/server.css" => new(200, "text/css; charset=utf-8", Encoding.UTF8.GetBytes(CardAssets.Text("server.css"))),
        "/cards" => new(200, "application/json", _model.State()),
        var path when path.StartsWith("/card/", StringComparison.Ordinal) => _model.Page(path["/card/".Length..]) is { } page
            ? new(200, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(page)) { Policy = CardPage.ServerPolicy + "; frame-ancestors 'self'" }
            : HttpAnswer.Text(404, "This card has changed. Its page looks for the new one."),
        _ => HttpAnswer.Text(404, "There is nothing here."),
    };

    private bool IsToken(string given) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(_token));

    private static HttpAnswer Refused() => HttpAnswer.Text(401, "Open the address that the server printed: it has the token.");
}
