using Metaflow.Dashboard.Tests.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Metaflow.Dashboard.Tests;

/// <summary>The page of a task in a browser.</summary>
public sealed class TaskPageTests(DashboardWorld world)
{
    [Fact]
    public async Task Attempts_OfARetriedTask_HaveTheirOwnLogAndError()
    {
        var page = await world.OpenAsync("flows/ShowcaseFlow/runs/1/tasks?step=Train&outcome=retrying");

        await page.Locator(".tasks .rows .row").First.ClickAsync();

        await Expect(page.Locator(".trace")).ToContainTextAsync("The rows of the south came late.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Attempt 2" }).ClickAsync();
        await Expect(page.Locator(".trace")).ToHaveCountAsync(0);
        await Expect(page.Locator(".log-lines")).ToContainTextAsync("south: epoch 1 loss");
        await DashboardWorld.ShowAsync(page, "task-light");
    }

    [Fact]
    public async Task Log_Searched_JumpsToWhatIsFound()
    {
        var page = await world.OpenAsync("flows/WideFlow/runs/1/tasks?step=End");
        await page.Locator(".tasks .rows .row").First.ClickAsync();
        await Expect(page.Locator(".log-tools")).ToContainTextAsync("5,000 lines");

        await page.GetByPlaceholder("Search the log").FillAsync("line 4321 of");

        await Expect(page.Locator(".log-line.current")).ToContainTextAsync("line 4321 of the long log");
        await Expect(page.Locator(".log-line.current mark")).ToHaveTextAsync("line 4321 of");
    }

    [Fact]
    public async Task Log_OneStream_ShowsOnlyThat()
    {
        var page = await world.OpenAsync("flows/ShowcaseFlow/runs/1/tasks?step=Train&q=north");
        await page.Locator(".tasks .rows .row").First.ClickAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Errors" }).ClickAsync();

        await Expect(page.Locator(".log-line")).ToHaveCountAsync(1);
        await Expect(page.Locator(".log-line .ansi-yellow")).ToHaveTextAsync("warning");
    }

    [Theory]
    [InlineData("Losses", ".curve .over")]
    [InlineData("Weights", ".matrix td")]
    [InlineData("Scores", "table th >> text=Region")]
    [InlineData("Settings", ".json .key >> text=trees")]
    [InlineData("Report", "pre >> text=The model is good.")]
    [InlineData("Picture", ".image img")]
    public async Task Artifact_OfAKind_IsShownAsSuch(string name, string part)
    {
        var page = await world.OpenAsync("flows/ShowcaseFlow/runs/1/tasks?step=End");
        await page.Locator(".tasks .rows .row").First.ClickAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Artifacts" }).ClickAsync();

        await page.Locator(".browser nav a").Filter(new() { HasText = name }).First.ClickAsync();

        await Expect(page.Locator(".preview h2")).ToHaveTextAsync(name);
        await Expect(page.Locator($".preview {part}").First).ToBeVisibleAsync();
        await DashboardWorld.ShowAsync(page, $"artifact-{name.ToLowerInvariant()}-light");
    }

    [Fact]
    public async Task Card_OfATask_IsShownInAFrameWithoutRights()
    {
        var page = await world.OpenAsync("flows/ShowcaseFlow/runs/1/tasks?step=End");
        await page.Locator(".tasks .rows .row").First.ClickAsync();

        await page.GetByRole(AriaRole.Tab, new() { Name = "Cards" }).ClickAsync();

        var frame = page.Locator("iframe[title]").First;
        await Expect(frame).ToHaveAttributeAsync("sandbox", "allow-scripts allow-popups");
        await Expect(page.FrameLocator("iframe:not([hidden])").GetByText("5 regions")).ToBeVisibleAsync();
        await DashboardWorld.ShowAsync(page, "card-light");
    }

    [Fact]
    public async Task Search_ForAnArtifact_FindsItInTheRuns()
    {
        var page = await world.OpenAsync("artifacts?q=report:bad");

        await Expect(page.Locator(".hits a.row")).ToHaveCountAsync(1);
        await page.Locator(".hits a.row").ClickAsync();

        await Expect(page.Locator(".preview")).ToContainTextAsync("The model is bad.");
    }
}
