using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Metaflow.Tests.Cards.Browsing;

/// <summary>A headless browser, steered through its debugging protocol. One command at a time.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly string? Program = ((string[])["chromium", "chromium-browser", "google-chrome"])
        .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Join(folder, name)))
        .FirstOrDefault(File.Exists);

    private readonly DirectoryInfo _profile;
    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private readonly Task _errors;
    private int _last;
    private string _session = "";

    private Chromium(Process process, DirectoryInfo profile, Task errors)
    {
        (_process, _profile, _errors) = (process, profile, errors);
        _stuck.CancelAfter(Patience);
    }

    /// <summary>What the pages have written to their consoles: also what a policy has refused.</summary>
    public List<string> Console { get; } = [];

    // A browser that is stuck fails its test instead of holding all of them up.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly CancellationTokenSource _stuck = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    private CancellationToken Cancelled => _stuck.Token;

    /// <summary>Starts a browser; skips the test where there is none.</summary>
    public static async Task<Chromium> StartAsync()
    {
        Assert.SkipWhen(Program is null, "Chromium is not installed.");
        var profile = Directory.CreateTempSubdirectory("metaflow-chromium-");
        var start = new ProcessStartInfo(
            Program!,
            ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-dev-shm-usage", "--disable-background-networking",
             "--remote-debugging-port=0", $"--user-data-dir={profile.FullName}", "about:blank"])
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var errors = Task.Run(
            async () =>
            {
                const string Mark = "DevTools listening on ";
                while (await process.StandardError.ReadLineAsync(CancellationToken.None) is { } line)
                {
                    if (line.StartsWith(Mark, StringComparison.Ordinal))
                    {
                        address.TrySetResult(line[Mark.Length..]);
                    }
                }

                address.TrySetException(new InvalidOperationException("Chromium ended before it could be steered."));
            },
            CancellationToken.None);
        var browser = new Chromium(process, profile, errors);
        await browser._socket.ConnectAsync(new(await address.Task.WaitAsync(browser.Cancelled)), browser.Cancelled);
        return browser;
    }

    /// <summary>Opens a page of the given width.</summary>
    public async Task OpenAsync(string address, int width = 1100, int height = 1400, bool isDark = false)
    {
        var target = await SendAsync("Target.createTarget", new() { ["url"] = "about:blank" });
        var attached = await SendAsync("Target.attachToTarget", new() { ["targetId"] = target["targetId"]!.GetValue<string>(), ["flatten"] = true });
        _session = attached["sessionId"]!.GetValue<string>();
        await SendAsync("Runtime.enable", []);
        await SendAsync("Log.enable", []);
        await SendAsync("Page.enable", []);
        await SendAsync("Emulation.setDeviceMetricsOverride", new() { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = false });
        await SendAsync("Emulation.setEmulatedMedia", new() { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = isDark ? "dark" : "light" }) });
        await SendAsync("Page.navigate", new() { ["url"] = address });
        await UntilAsync("document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    /// <summary>The value of an expression in the page, or of the promise that it is.</summary>
    public async Task<JsonNode?> EvaluateAsync(string script)
    {
        var result = await SendAsync("Runtime.evaluate", new() { ["expression"] = script, ["awaitPromise"] = true, ["returnByValue"] = true });
        Assert.True(result["exceptionDetails"] is null, $"{script}: {result["exceptionDetails"]}");
        return result["result"]!["value"];
    }

    /// <summary>Waits until an expression is true; the browser looks at each frame that it draws.</summary>
    public async Task UntilAsync(string condition)
    {
        // A page that is left takes its promise with it, so this one ends early and is asked for again.
        var rounds = 30;
        while ((await EvaluateAsync($"new Promise(done => {{ let left = 100; const look = () => ({condition}) ? done(true) : left-- > 0 ? setTimeout(look, 20) : done(false); look(); }})"))?.GetValue<bool>() != true)
        {
            Cancelled.ThrowIfCancellationRequested();
            Assert.True(rounds-- > 0, $"The page never came to this: {condition}");
        }
    }

    /// <summary>Keeps a picture of the page for people to look at, under artifacts/screenshots/cards.</summary>
    public async Task PictureAsync(string name)
    {
        var size = (await SendAsync("Page.getLayoutMetrics", []))["cssContentSize"]!;
        var clip = new JsonObject { ["x"] = 0, ["y"] = 0, ["width"] = size["width"]!.GetValue<double>(), ["height"] = Math.Min(6000, size["height"]!.GetValue<double>()), ["scale"] = 1 };
        var picture = await SendAsync("Page.captureScreenshot", new() { ["format"] = "png", ["captureBeyondViewport"] = true, ["clip"] = clip });
        var folder = Directory.CreateDirectory(Path.Join(AppContext.BaseDirectory, "..", "..", "..", "screenshots", "cards"));
        await File.WriteAllBytesAsync(Path.Join(folder.FullName, name + ".png"), Convert.FromBase64String(picture["data"]!.GetValue<string>()), Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        await _errors;
        _socket.Dispose();
        _stuck.Dispose();
        _process.Dispose();
        try
        {
            _profile.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A helper process of the browser may write its last file this very moment.
        }
    }

    private async Task<JsonNode> SendAsync(string method, JsonObject parameters)
    {
        var id = ++_last;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (_session.Length > 0)
        {
            message["sessionId"] = _session;
        }

        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, Cancelled);
        while (true)
        {
            var answer = await ReceiveAsync();
            if (answer["id"]?.GetValue<int>() == id)
            {
                // A page that is replaced while it is asked: ask the new one.
                return answer["result"] ?? (method == "Runtime.evaluate" ? new JsonObject { ["result"] = new JsonObject { ["value"] = false } }
                    : throw new InvalidOperationException($"{method}: {answer["error"]}"));
            }

            switch (answer["method"]?.GetValue<string>())
            {
                case "Log.entryAdded": Console.Add(answer["params"]!["entry"]!["text"]!.GetValue<string>()); break;
                case "Runtime.consoleAPICalled": Console.Add(answer["params"]!["args"]!.ToJsonString()); break;
                case "Page.javascriptDialogOpening": Console.Add("dialog: " + answer["params"]!["message"]!.GetValue<string>()); break;
            }
        }
    }

    private async Task<JsonNode> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), Cancelled);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);

        return JsonNode.Parse(Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length))!;
    }
}
