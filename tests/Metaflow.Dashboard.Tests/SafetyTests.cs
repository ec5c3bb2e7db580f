using System.Net;
using Metaflow.Dashboard.Tests.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Metaflow.Dashboard.Tests;

/// <summary>Who is let in, and what hostile content can do: nothing.</summary>
public sealed class SafetyTests(DashboardWorld world)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    [Fact]
    public async Task Request_WithoutToken_IsRefused()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("api/v1/runs", isKnown: false)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("", isKnown: false)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("?token=wrong", isKnown: false)).StatusCode);
    }

    [Fact]
    public async Task FirstOpen_WithToken_KeepsItInACookieAndOutOfTheAddress()
    {
        using var response = await Http.GetAsync(new Uri(world.OpenUrl, $"flows?token={world.Token}&latest=3"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/flows?latest=3", response.Headers.Location!.OriginalString);
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task FirstOpen_WithAPathThatNamesAHost_StaysHere()
    {
        using var response = await Http.GetAsync(new Uri(world.Url, $"/%2Fevil.example/?token={world.Token}"), TestContext.Current.CancellationToken);

        Assert.DoesNotMatch("^(//|/\\\\|https?:)", response.Headers.Location?.OriginalString ?? "");
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost:1")]
    public async Task Request_ToAnotherHostName_IsRefused(string host)
    {
        var response = await SendAsync("api/v1/runs", change: request => request.Headers.Host = host);

        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task Request_FromAnotherSite_IsRefused(string header, string value)
    {
        var response = await SendAsync("api/v1/runs", change: request => request.Headers.Add(header, value));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Request_ThatWouldChange_IsRefused()
    {
        var response = await SendAsync("api/v1/runs", change: request => request.Method = HttpMethod.Post);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Theory]
    [InlineData("api/v1/flows/..%2F..%2F..%2Fetc/runs/1")]
    [InlineData("api/v1/flows/ShowcaseFlow/runs/..%2F..%2Fstore.json")]
    [InlineData("api/v1/flows/ShowcaseFlow/runs/1/steps/End/tasks/1/artifacts/..%2F..%2F..%2Fstore.json/content")]
    [InlineData("assets/..%2F..%2Fstore.json")]
    [InlineData("..%2F..%2F..%2F..%2Fetc%2Fpasswd")]
    public async Task Request_ForAPathOutside_ReadsNothing(string path)
    {
        var response = await SendAsync(path);

        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("root:", text);
        Assert.DoesNotContain("\"format\"", text);
        Assert.True(response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound || text.Contains("<div id=\"root\">", StringComparison.Ordinal), $"{response.StatusCode}: {text}");
    }

    [Fact]
    public async Task Page_ItsPolicy_AllowsNoInlineCode()
    {
        var response = await SendAsync("");

        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.DoesNotMatch("<script[^>]*>[^<]", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("Drawing")]
    [InlineData("Page")]
    public async Task Content_ThatIsMarkup_IsSavedAndNeverShown(string artifact)
    {
        var response = await SendAsync($"api/v1/flows/HostileFlow/runs/1/steps/Start/tasks/1/artifacts/{artifact}/content?inline=true");

        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.DoesNotContain(response.Content.Headers.ContentType!.MediaType, new[] { "text/html", "image/svg+xml" });
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("sandbox", response.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task HostileContent_OnEveryPage_ExecutesNothing()
    {
        const string Run = "flows/HostileFlow/runs/1";
        var page = await world.OpenAsync("?tag=%3Cb%3Ebold%3C%2Fb%3E");
        var dialogs = 0;
        page.Dialog += (_, _) => dialogs++;
        foreach (var path in (string[])[
            "", "flows/HostileFlow", Run, $"{Run}/timeline", $"{Run}/tasks", $"{Run}/parameters", $"{Run}/details", $"{Run}/steps/Start/tasks/1",
            $"{Run}/steps/Start/tasks/1/artifacts/Page", $"{Run}/steps/Start/tasks/1/artifacts/Rows", $"{Run}/steps/Start/tasks/1/artifacts/Drawing",
            $"{Run}/steps/Start/tasks/1/details", "artifacts?q=%3Cscript%3E", "compare?a=HostileFlow/1&b=ShowcaseFlow/1"])
        {
            await page.GotoAsync(new Uri(world.Url, path).ToString());
            await Expect(page.Locator("main h1, main .empty, main .fault").First).ToBeVisibleAsync();
            await page.WaitForLoadStateAsync(LoadState.DOMContentLoaded);
            Assert.True(await page.EvaluateAsync<bool>("() => window.pwned === undefined"), path);
        }

        await page.GotoAsync(new Uri(world.Url, $"{Run}/tasks?step=End").ToString());
        await page.Locator(".tasks .rows .row").First.ClickAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Cards" }).ClickAsync();
        await Expect(page.FrameLocator("iframe:not([hidden])").Locator("main")).ToContainTextAsync("onerror");
        Assert.True(await page.EvaluateAsync<bool>("() => window.pwned === undefined"));
        Assert.Equal(0, dialogs);
        Assert.Equal(0, await page.Locator("main img[src=x], main script").CountAsync());
    }

    [Fact]
    public async Task HostileLog_WithMarkup_IsShownAsText()
    {
        var page = await world.OpenAsync("flows/HostileFlow/runs/1/steps/Start/tasks/1");

        await Expect(page.Locator(".log-lines")).ToContainTextAsync("<img src=x onerror=");
        await Expect(page.Locator(".log-lines a")).ToHaveCountAsync(0);
        await Expect(page.Locator(".log-lines .ansi-red")).ToHaveTextAsync("red");
    }

    private async Task<HttpResponseMessage> SendAsync(string path, bool isKnown = true, Action<HttpRequestMessage>? change = null)
    {
        // Not normalised: what is asked for is what is sent.
        var address = new Uri(world.Url + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (isKnown)
        {
            request.Headers.Authorization = new("Bearer", world.Token);
        }

        change?.Invoke(request);
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
