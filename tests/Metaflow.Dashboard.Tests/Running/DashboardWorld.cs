using Metaflow.Dashboard.Tests.Running;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(DashboardWorld))]

namespace Metaflow.Dashboard.Tests.Running;

/// <summary>
/// A store made by real runs, the real tool that shows it, and one browser for all tests. Runs: ShowcaseFlow/1 and /2
/// finished, FailingFlow/1 failed, HostileFlow/1, WideFlow/1 with many tasks.
/// </summary>
public sealed class DashboardWorld : IAsyncLifetime
{
    /// <summary>More than what is read at once.</summary>
    public const int WideTasks = 25_000;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metaflow-ui-");
    private readonly FlowPrograms _programs;
    private IPlaywright? _playwright;

    public DashboardWorld() => _programs = new(_directory.FullName);

    /// <summary>The browser; <see langword="null"/> where there is none.</summary>
    public IBrowser? Browser { get; private set; }

    /// <summary>The address that lets a browser in.</summary>
    public Uri OpenUrl { get; private set; } = null!;

    /// <summary>The address without the token.</summary>
    public Uri Url => new(OpenUrl.GetLeftPart(UriPartial.Path));

    public string Token => OpenUrl.Query["?token=".Length..];

    public string StoreRoot => Path.Join(_directory.FullName, ".metaflow");

    internal FlowPrograms Programs => _programs;

    public async ValueTask InitializeAsync()
    {
        var browser = StartBrowserAsync();
        await RunAsync(0, "ShowcaseFlow", "run", "--tag", "team:search", "--tag", "nightly");
        await RunAsync(0, "ShowcaseFlow", "run", "--rate", "0.02", "--rounds", "3");
        await RunAsync(1, "FailingFlow", "run", "--tag", "sorted");
        await RunAsync(0, "HostileFlow", "run", "--tag", "<b>bold</b>");
        await RunAsync(0, "WideFlow", "run", "--tasks", WideTasks.ToString(System.Globalization.CultureInfo.InvariantCulture), "--isolation", "none", "--tag", "sorted");
        OpenUrl = await _programs.StartDashboardAsync(StoreRoot);
        await browser;
    }

    /// <summary>A page of a new visitor who was given the address.</summary>
    public async Task<IPage> OpenAsync(string path, ColorScheme colors = ColorScheme.Light)
    {
        Assert.SkipWhen(Browser is null, "There is no Chromium: install the package 'chromium'.");
        Assert.SkipUnless(Hosting.PageFiles.AreBuilt, "The pages were not built: Node.js was missing.");
        var context = await Browser!.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 }, ColorScheme = colors, TimezoneId = "UTC", Locale = "en-US" });
        context.SetDefaultTimeout(15_000);
        await context.AddCookiesAsync([new() { Name = $"metaflow-ui-{Url.Port}", Value = Token, Url = Url.ToString() }]);
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(Url, path).ToString());
        return page;
    }

    /// <summary>Writes what a page shows to a file, for people to look at.</summary>
    public static async Task ShowAsync(IPage page, string name)
    {
        var folder = Path.Join(AppContext.BaseDirectory, "..", "..", "..", "screenshots", "dashboard");
        await page.ScreenshotAsync(new() { Path = Path.GetFullPath(Path.Join(folder, $"{name}.png")), Animations = ScreenshotAnimations.Disabled });
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
        {
            await Browser.DisposeAsync();
        }

        _playwright?.Dispose();
        _programs.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task RunAsync(int exitCode, params string[] arguments)
    {
        var (code, output) = await _programs.RunFlowAsync(arguments);
        Assert.True(code == exitCode, output);
    }

    private async Task StartBrowserAsync()
    {
        var program = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);
        if (program is null)
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = program,
            Args = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        });
    }
}
