using Metaflow.Dashboard.Tests.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Metaflow.Dashboard.Tests;

/// <summary>How pages look: in the dark, and whether what they say can be read.</summary>
public sealed class AppearanceTests(DashboardWorld world)
{
    // The relative luminance of the colours of a text and of what is behind it, as the accessibility guidelines define it.
    private const string Contrast = """
        () => {
          const parse = (text) => { const c = text.match(/[\d.]+/g).map(Number); if (text.startsWith("color(srgb")) { c[0] *= 255; c[1] *= 255; c[2] *= 255; } return c.length < 4 ? [...c, 1] : c; };
          const over = (front, back) => [0, 1, 2].map((i) => front[i] * front[3] + back[i] * (1 - front[3])).concat(1);
          const luminance = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const behind = (element) => { const layers = []; for (let at = element; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor)); return layers.reverse().reduce((back, layer) => over(layer, back), [255, 255, 255, 1]); };
          const poor = [];
          for (const element of document.querySelectorAll("main *, header *")) {
            const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== "");
            const box = element.getBoundingClientRect();
            if (!own || box.width === 0 || element.closest("svg, [disabled], .disabled, .line-number, mark")) continue;
            const style = getComputedStyle(element);
            const back = behind(element);
            const [one, other] = [luminance(over(parse(style.color), back)), luminance(back)];
            const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
            if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${element.tagName}.${element.className}: ${element.textContent.trim().slice(0, 40)}`);
          }
          return [...new Set(poor)];
        }
        """;

    [Theory]
    [InlineData("runs", "", "[data-run]")]
    [InlineData("flows", "flows", "article")]
    [InlineData("flow", "flows/ShowcaseFlow", "[data-run]")]
    [InlineData("run", "flows/ShowcaseFlow/runs/1", "[data-step='End']")]
    [InlineData("run-failed", "flows/FailingFlow/runs/1", "[data-step='Work']")]
    [InlineData("timeline", "flows/ShowcaseFlow/runs/1/timeline", ".line.step")]
    [InlineData("tasks", "flows/ShowcaseFlow/runs/1/tasks", ".tasks .rows .row .status")]
    [InlineData("details", "flows/ShowcaseFlow/runs/1/details", ".panel")]
    [InlineData("code", "flows/ShowcaseFlow/runs/1/code?file=ShowcaseFlow.cs", ".source-line .c-word")]
    [InlineData("environment", "flows/ShowcaseFlow/runs/1/environment", ".packages tbody tr")]
    [InlineData("cards", "flows/ShowcaseFlow/runs/1/cards", ".card-frame iframe")]
    [InlineData("log", "flows/ShowcaseFlow/runs/1/steps/Start/tasks/1", ".log-line")]
    [InlineData("artifacts", "flows/ShowcaseFlow/runs/1/steps/Start/tasks/1/artifacts/Settings", ".preview .json")]
    [InlineData("compare", "compare?a=ShowcaseFlow/1&b=ShowcaseFlow/2", ".compare-row.changed")]
    [InlineData("search", "artifacts?q=report", ".hits a.row")]
    public async Task Page_InBothColours_CanBeRead(string name, string path, string part)
    {
        var page = await world.OpenAsync(path, ColorScheme.Dark);
        foreach (var colors in (ColorScheme[])[ColorScheme.Dark, ColorScheme.Light])
        {
            await page.EmulateMediaAsync(new() { ColorScheme = colors, ReducedMotion = ReducedMotion.Reduce });
            await Expect(page.Locator(part).First).ToBeVisibleAsync();
            await DashboardWorld.ShowAsync(page, $"{name}-{(colors == ColorScheme.Dark ? "dark" : "light")}");
            Assert.Empty(await page.EvaluateAsync<string[]>(Contrast));
        }
    }

    [Theory]
    [InlineData("runs", "", "[data-run]")]
    [InlineData("run", "flows/ShowcaseFlow/runs/1", "[data-step='End']")]
    [InlineData("timeline", "flows/ShowcaseFlow/runs/1/timeline", ".line.step")]
    [InlineData("tasks", "flows/ShowcaseFlow/runs/1/tasks", ".tasks .rows .row .status")]
    [InlineData("code", "flows/ShowcaseFlow/runs/1/code", ".source-line")]
    [InlineData("environment", "flows/ShowcaseFlow/runs/1/environment", ".packages tbody tr")]
    [InlineData("log", "flows/ShowcaseFlow/runs/1/steps/Start/tasks/1", ".log-line")]
    [InlineData("artifacts", "flows/ShowcaseFlow/runs/1/steps/Start/tasks/1/artifacts", ".preview h2")]
    [InlineData("compare", "compare?a=ShowcaseFlow/1&b=ShowcaseFlow/2", ".compare-row.changed")]
    public async Task Page_InANarrowWindow_FitsIntoIt(string name, string path, string part)
    {
        var page = await world.OpenAsync(path);

        await page.SetViewportSizeAsync(400, 860);

        await Expect(page.Locator(part).First).ToBeVisibleAsync();
        await DashboardWorld.ShowAsync(page, $"{name}-narrow");
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
        await Expect(page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Colours") })).ToBeInViewportAsync();
    }

    [Fact]
    public async Task Theme_Chosen_IsKept()
    {
        var page = await world.OpenAsync("");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Colours: auto") }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Colours: light") }).ClickAsync();

        await page.ReloadAsync();

        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }
}
