using Metaflow.Dashboard.Tests.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Metaflow.Dashboard.Tests;

/// <summary>The list of runs in a browser.</summary>
public sealed class RunsPageTests(DashboardWorld world)
{
    private static ILocator Rows(IPage page) => page.Locator("[data-run]");

    [Fact]
    public async Task List_OfAllRuns_ShowsEachWithItsState()
    {
        var page = await world.OpenAsync("");

        await Expect(page.Locator("[data-run='ShowcaseFlow/1']")).ToContainTextAsync("Succeeded");
        await Expect(page.Locator("[data-run='FailingFlow/1']")).ToContainTextAsync("Failed");
        await Expect(page.Locator("[data-run='WideFlow/1']")).ToContainTextAsync("25,003");
    }

    [Fact]
    public async Task List_FilteredByState_ShowsOnlyThose()
    {
        var page = await world.OpenAsync("");

        await page.GetByRole(AriaRole.Button, new() { Name = "Failed", Exact = true }).ClickAsync();

        await Expect(Rows(page)).ToHaveCountAsync(1);
        await Expect(Rows(page)).ToContainTextAsync("FailingFlow");
        Assert.Contains("status=failed", page.Url);
    }

    [Theory]
    [InlineData("?q=showcase", 2)]
    [InlineData("?q=0.02", 1)]
    [InlineData("?tag=nightly", 1)]
    [InlineData("?flow=ShowcaseFlow&user=ada", 2)]
    [InlineData("?parameter=Rate%3D0.02", 1)]
    [InlineData("?tag=project%3Asorting&tag=project_branch%3Auser.ada", 1)]
    [InlineData("?q=sorting", 1)]
    [InlineData("?user=nobody", 0)]
    [InlineData("?flow=ShowcaseFlow&period=custom&from=2020-01-01T00:00", 2)]
    [InlineData("?flow=ShowcaseFlow&period=custom&before=2020-01-01T00:00", 0)]
    public async Task List_OpenedByALink_IsFiltered(string query, int expected)
    {
        var page = await world.OpenAsync(query);

        await Expect(page.Locator("[data-run], .empty")).Not.ToHaveCountAsync(0);
        await Expect(Rows(page)).ToHaveCountAsync(expected);
    }

    [Fact]
    public async Task Branch_OfAProject_IsShownAndFilters()
    {
        var page = await world.OpenAsync("");

        await page.Locator("[data-run='FailingFlow/1'] .tag.branch").ClickAsync();

        await Expect(Rows(page)).ToHaveCountAsync(1);
        await Expect(page.Locator(".chip").First).ToContainTextAsync("project:sorting");
    }

    [Fact]
    public async Task List_GroupedByFlow_HasAHeadingForEach()
    {
        var page = await world.OpenAsync("?group=flow");

        await Expect(page.Locator("h2.group").Filter(new() { HasText = "FailingFlow" })).ToContainTextAsync("1 run");
    }

    [Fact]
    public async Task List_SortedByDuration_BeginsWithTheLongest()
    {
        var page = await world.OpenAsync("?tag=sorted");

        await page.GetByRole(AriaRole.Button, new() { Name = "Duration" }).ClickAsync();

        await Expect(Rows(page).First).ToContainTextAsync("WideFlow");
    }

    [Fact]
    public async Task Keyboard_DownAndEnter_OpensTheRun()
    {
        var page = await world.OpenAsync("?flow=ShowcaseFlow");
        await Rows(page).First.FocusAsync();

        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("#1");
    }

    [Fact]
    public async Task Palette_APathIsTyped_GoesThere()
    {
        var page = await world.OpenAsync("");
        await Expect(Rows(page).First).ToBeVisibleAsync();

        await page.Keyboard.PressAsync("Control+k");
        await page.GetByRole(AriaRole.Combobox, new() { NameRegex = new("A flow"), }).Or(page.Locator(".palette input")).First.FillAsync("ShowcaseFlow/1");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("ShowcaseFlow #1");
    }

    [Fact]
    public async Task Compare_TwoRunsChosen_ShowsTheirDifferences()
    {
        var page = await world.OpenAsync("?flow=ShowcaseFlow");
        await Rows(page).First.FocusAsync();
        await page.Keyboard.PressAsync(" ");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync(" ");

        await page.GetByRole(AriaRole.Button, new() { Name = "Compare", Exact = true }).ClickAsync();

        await Expect(page.Locator(".compare-row").Filter(new() { HasText = "Rate" }).First).ToContainTextAsync("0.02");
    }

    [Fact]
    public async Task List_ARunStarts_ItAppearsByItself()
    {
        var page = await world.OpenAsync("?tag=appears");
        await Expect(page.Locator(".empty")).ToBeVisibleAsync();
        await Expect(page.Locator(".connection.live")).ToBeVisibleAsync();

        var (exitCode, output) = await world.Programs.RunFlowAsync("WideFlow", "run", "--tasks", "3", "--tag", "appears", "--isolation", "none");

        Assert.True(exitCode == 0, output);
        await Expect(Rows(page)).ToHaveCountAsync(1);
        await Expect(Rows(page)).ToContainTextAsync("Succeeded");
    }

    [Fact]
    public async Task Flows_EachOfThem_LeadsToItsRuns()
    {
        var page = await world.OpenAsync("flows");
        await Expect(page.GetByRole(AriaRole.Article)).Not.ToHaveCountAsync(0);

        await page.GetByRole(AriaRole.Link, new() { Name = "FailingFlow", Exact = true }).ClickAsync();

        await Expect(Rows(page)).ToHaveCountAsync(1);
    }
}
