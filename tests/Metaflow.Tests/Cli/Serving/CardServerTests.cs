using System.Net;
using System.Text.Json;
using Metaflow.Cards;
using Metaflow.Cli;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Reading;
using Metaflow.Cli.Serving;
using Metaflow.Configuration;
using Metaflow.Definitions;
using Metaflow.Tests.Cards;
using Metaflow.Tests.Cards.Browsing;
using Metaflow.Tests.Client;

namespace Metaflow.Tests.Cli.Serving;

public sealed class CardServerTests : IAsyncDisposable
{
    private readonly ClientRuns _runs = new();
    private readonly CancellationTokenSource _end = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private CardSource? _source;
    private CardServer? _server;
    private Task _serving = Task.CompletedTask;

    [Fact]
    public async Task Open_WithTheToken_GivesACookieAndThenThePages()
    {
        var (address, cookie) = await StartAsync(new CardedFlow());

        var page = await GetAsync(address + "/", cookie);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("script-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        using var state = JsonDocument.Parse(await Text(await GetAsync(address + "/cards", cookie)));
        Assert.Equal("CardedFlow/1", state.RootElement.GetProperty("run").GetString());
        Assert.Equal("Succeeded", state.RootElement.GetProperty("status").GetString());
        var cards = state.RootElement.GetProperty("cards").EnumerateArray().ToList();
        Assert.Equal(7, cards.Count);
        var card = await GetAsync(address + "/card/" + cards[0].GetProperty("hash").GetString(), cookie);
        Assert.Contains("a <strong>word</strong>", await Text(card), StringComparison.Ordinal);
        Assert.Contains("sandbox allow-scripts", card.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", card.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(address + "/server.js", cookie)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(address + "/server.css", cookie)).StatusCode);
    }

    [Fact]
    public async Task Page_InABrowser_ShowsTheCardsInFramesOfTheirHeight()
    {
        await using var browser = await Chromium.StartAsync();
        await StartAsync(new CardedFlow());

        await browser.OpenAsync(_server!.Address);

        // A frame is given its height by its card's script, which has no other way to the page.
        await browser.UntilAsync("[...document.querySelectorAll('iframe')].filter(frame => frame.style.height).length === 7");
        Assert.Equal("/", (await browser.EvaluateAsync("location.pathname + location.search"))!.GetValue<string>());
        Assert.Equal("CardedFlow/1", (await browser.EvaluateAsync("document.title"))!.GetValue<string>());
        Assert.DoesNotContain(browser.Console, line => line.Contains("Content Security Policy", StringComparison.Ordinal));
        await browser.PictureAsync("server");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/cards")]
    [InlineData("/server.js")]
    [InlineData("/?token=00000000000000000000000000000000")]
    public async Task Ask_WithoutTheToken_IsRefused(string path)
    {
        var (address, cookie) = await StartAsync(new CardedFlow());

        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(address + path, null)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(address + path, cookie[..^1] + "z")).StatusCode);
    }

    [Theory]
    [InlineData("host", "evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("origin", "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("origin", "null", HttpStatusCode.Forbidden)]
    public async Task Ask_FromElsewhere_IsRefused(string header, string value, HttpStatusCode expected)
    {
        var (address, cookie) = await StartAsync(new CardedFlow());

        Assert.Equal(expected, (await GetAsync(address + "/cards", cookie, (header, value))).StatusCode);
    }

    [Theory]
    [InlineData("/card/../../etc/passwd")]
    [InlineData("/card/%2e%2e%2fclaim")]
    [InlineData("/claim")]
    [InlineData("/card/")]
    public async Task Ask_ForSomethingElse_IsNotThere(string path)
    {
        var (address, cookie) = await StartAsync(new CardedFlow());

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(address + path, cookie)).StatusCode);
    }

    [Fact]
    public async Task Ask_WithAnotherMethod_IsRefused()
    {
        var (address, cookie) = await StartAsync(new CardedFlow());
        using var request = new HttpRequestMessage(HttpMethod.Post, address + "/cards");
        request.Headers.Add("Cookie", cookie);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _http.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b")]
    [InlineData("GET http://a/ HTTP/1.1")]
    [InlineData("GET /")]
    [InlineData("nonsense")]
    [InlineData("")]
    public void Parse_NoRequest_IsNone(string head) => Assert.Null(HttpRequest.Parse(head));

    [Fact]
    public void Server_PortInUse_SaysWhatToDo()
    {
        using var first = new CardServer(null!, 0, TimeProvider.System);
        var port = new Uri(first.Address).Port;

        var fault = Assert.Throws<MetaflowException>(() => new CardServer(null!, port, TimeProvider.System));

        Assert.Contains("--port", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cards_OfARunThatBeginsLater_AppearWhenItIsTheNewest()
    {
        var (address, cookie) = await StartAsync(new CardedFlow());
        await _runs.RunAsync(new CardedFlow());

        using var state = JsonDocument.Parse(await Text(await GetAsync(address + "/cards", cookie)));

        Assert.Equal("CardedFlow/2", state.RootElement.GetProperty("run").GetString());
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        _server?.Dispose();
        _source?.Dispose();
        _http.Dispose();
        _end.Dispose();
        _runs.Dispose();
    }

    private async Task<(string Address, string Cookie)> StartAsync(CardedFlow flow)
    {
        await _runs.RunAsync(flow);
        _source = CardSource.Open(Context(), null);
        _server = new(new(_source, new(null, null, null, null), 30, CardColors.Automatic, 2), 0, TimeProvider.System);
        _serving = _server.RunAsync(_end.Token);
        var opened = await GetAsync(_server.Address, null);
        Assert.Equal(HttpStatusCode.SeeOther, opened.StatusCode);
        var cookie = opened.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("HttpOnly; SameSite=Strict", cookie, StringComparison.Ordinal);
        return (_server.Address[.._server.Address.IndexOf("/?", StringComparison.Ordinal)], cookie.Split(';')[0]);
    }

    private VerbContext Context()
    {
        var definition = FlowRegistry.Get(typeof(CardedFlow));
        using var cli = new CliHarness();
        var environment = cli.Environment with { WorkingDirectory = _runs.Folder };
        return new()
        {
            Definition = definition,
            Host = cli.Host with { Environment = environment, Time = TimeProvider.System },
            Line = CommandLine.Parse(definition, ["card", "server"], environment),
            Settings = new Settings(environment),
            Arguments = ["card", "server"],
        };
    }

    private async Task<HttpResponseMessage> GetAsync(string address, string? cookie, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static Task<string> Text(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
