using Metaflow.Dashboard.Tests.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Metaflow.Dashboard.Tests;

/// <summary>The page of a run in a browser.</summary>
public sealed class RunPageTests(DashboardWorld world)
{
    [Fact]
    public async Task Graph_OfAFinishedRun_ShowsStepsWithTheirStates()
    {
        var page = await world.OpenAsync("flows/ShowcaseFlow/runs/1");

        await Expect(page.Locator("[data-step]")).ToHaveCountAsync(8);
        await Expect(page.Locator("[data-step='Train'].succeeded")).ToContainTextAsync("5 tasks");
        await Expect(page.Locator("[data-step='Discard'].pending")).ToContainTextAsync("not reached");
        await Expect(page.Locator(".route.choice")).ToHaveCountAsync(4);
        await Expect(page.Locator(".route.back")).ToContainTextAsync("again");
        await Expect(page.Locator("[data-step='Train'] .cells rect.succeeded")).ToHaveCountAsync(5);
    }

    [Fact]
    public async Task Graph_AStepIsClicked_ListsItsTasks()
    {
        var page = await world.OpenAsync("flows/ShowcaseFlow/runs/1");

        await page.Locator("[data-step='Train'] .title").ClickAsync();
        await page.Locator(".tasks .row").Filter(new() { HasText = "north" }).ClickAsync();

        await Expect(page.Locator(".log-lines")).ToContainTextAsync("north: epoch 1 loss");
    }

    [Fact]
    public async Task Graph_AStepWithOneTaskIsClicked_OpensTheTask()
    {
        var page = await world.OpenAsync("flows/ShowcaseFlow/runs/1");

        await page.Locator("[data-step='Publish'] .title").ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Publish");
        Assert.Contains("/steps/Publish/tasks/", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Graph_Zoomed_GrowsAndFitsAgain()
    {
        var page = await world.OpenAsync("flows/ShowcaseFlow/runs/1");
        var node = page.Locator("[data-step='Start'] .box");
        var before = (await node.BoundingBoxAsync())!.Width;

        await page.GetByRole(AriaRole.Button, new() { Name = "Zoom in" }).ClickAsync();
        var zoomed = (await node.BoundingBoxAsync())!.Width;
        await page.GetByRole(AriaRole.Button, new() { Name = "Fit the graph" }).ClickAsync();

        Assert.True(zoomed > before * 1.1);
        Assert.Equal(before, (await node.BoundingBoxAsync())!.Width, tolerance: 1);
    }

    [Fact]
    public async Task Failure_OfARun_IsToldAndLeadsToTheTask()
    {
        var page = await world.OpenAsync("flows/FailingFlow/runs/1");
        await Expect(page.Locator("[data-step='Work'].failed")).ToBeVisibleAsync();

        await page.Locator(".failure a").ClickAsync();
        await page.Locator(".tasks .row").Filter(new() { HasText = "Item 3 cannot be divided" }).ClickAsync();

        await Expect(page.Locator(".trace")).ToContainTextAsync("System.ArithmeticException");
        await page.GetByText("Stack trace").ClickAsync();
        await Expect(page.Locator(".trace pre")).ToContainTextAsync("FailingFlow.Work");
        await DashboardWorld.ShowAsync(page, "task-failed-light");
    }

    [Fact]
    public async Task Timeline_OfAFinishedRun_ShowsStepsAndAttempts()
    {
        var page = await world.OpenAsync("flows/ShowcaseFlow/runs/1/timeline");

        await Expect(page.Locator(".line.step")).ToHaveCountAsync(7);
        await Expect(page.Locator(".task-bar").First).ToBeVisibleAsync();
        await Expect(page.Locator(".bar-line .label").Filter(new() { HasText = "north" })).ToHaveCountAsync(1);
        var width = (await page.Locator(".line.step .extent, .line.step .mini").First.BoundingBoxAsync())!.Width;
        await page.GetByRole(AriaRole.Button, new() { Name = "Zoom in" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Fit" })).ToBeEnabledAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Fit" }).ClickAsync();
        Assert.True(width > 0);
    }

    [Fact]
    public async Task Run_WhileItGoesOn_IsFollowedToItsEnd()
    {
        var directory = Directory.CreateTempSubdirectory("metaflow-gate-");
        var gate = Path.Join(directory.FullName, "open");
        var flow = await world.Programs.StartFlowAsync("waits", "WaitingFlow", "run", "--gate", gate, "--max-workers", "2", "--tag", "waiting");
        var page = await world.OpenAsync("flows/WaitingFlow/runs/1");
        await Expect(page.Locator(".run-head .status.running")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-step='Wait'].running")).ToBeVisibleAsync();
        await DashboardWorld.ShowAsync(page, "run-running-light");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Cards" }).ClickAsync();
        await Expect(page.FrameLocator("[data-card^='Wait/'] >> nth=0 >> iframe").GetByRole(AriaRole.Heading, new() { Name = "first waits" })).ToBeVisibleAsync();
        await DashboardWorld.ShowAsync(page, "cards-running-light");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Graph" }).ClickAsync();

        await page.Locator("[data-step='Wait'] .title").ClickAsync();
        await page.Locator(".tasks .row.fixed").First.ClickAsync();
        await Expect(page.Locator(".log-lines")).ToContainTextAsync("waits");
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);

        await Expect(page.Locator(".log-lines")).ToContainTextAsync("goes on");
        await Expect(page.Locator(".run-head .status.succeeded")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "#1" }).ClickAsync();
        await Expect(page.Locator(".run-head .status.succeeded")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-step='End'].succeeded")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Cards" }).ClickAsync();
        await Expect(page.FrameLocator("[data-card^='Wait/'] >> nth=0 >> iframe:not([hidden])").GetByText("first has waited")).ToBeVisibleAsync();
        await flow.WaitForExitAsync(TestContext.Current.CancellationToken);
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Tasks_OfALargeStep_AreReachedFromAnywhere()
    {
        var page = await world.OpenAsync("flows/WideFlow/runs/1/tasks?step=Work");
        await Expect(page.Locator(".tasks .rows .row").First).ToContainTextAsync("Succeeded");

        await page.Locator(".tasks .scroll").EvaluateAsync("element => element.scrollTop = element.scrollHeight");

        await Expect(page.Locator(".tasks .rows .row").Last).ToContainTextAsync($"{DashboardWorld.WideTasks - 1}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Duration" }).ClickAsync();
        await Expect(page.Locator(".tasks .rows .row").First).ToContainTextAsync("Succeeded");
        await DashboardWorld.ShowAsync(page, "tasks-wide-light");
    }

    [Fact]
    public async Task Timeline_OfALargeStep_ShowsItsDensity()
    {
        var page = await world.OpenAsync("flows/WideFlow/runs/1/timeline");

        await Expect(page.Locator(".line.step .density")).ToBeVisibleAsync();
        await page.Locator(".line.step .label").Filter(new() { HasText = "Work" }).ClickAsync();
        await Expect(page.Locator(".task-bar").First).ToBeVisibleAsync();
        await DashboardWorld.ShowAsync(page, "timeline-wide-light");
    }

    [Fact]
    public async Task Code_OfAStep_IsShownAtItsLine()
    {
        var page = await world.OpenAsync("flows/ShowcaseFlow/runs/1/details");

        await page.Locator(".facts a").Filter(new() { HasText = "ShowcaseFlow.cs:" }).Nth(1).ClickAsync();

        await Expect(page.Locator(".source h2")).ToContainTextAsync("ShowcaseFlow.cs");
        await Expect(page.Locator(".source-line.marked")).ToBeInViewportAsync();
        await Expect(page.Locator(".source-lines")).ToContainTextAsync("public partial class ShowcaseFlow : FlowSpec");
        await Expect(page.Locator(".c-word").First).ToBeAttachedAsync();
        await Expect(page.Locator(".code-browser nav a").Filter(new() { HasText = "OtherFlows.cs" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Environment_OfARun_ListsMachineAndPackages()
    {
        var page = await world.OpenAsync("flows/ShowcaseFlow/runs/1/environment");

        await Expect(page.Locator(".panel").First).ToContainTextAsync(".NET 10");
        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Filter the packages" }).FillAsync("markdig");
        await Expect(page.Locator(".packages tbody tr")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Cards_OfARun_AreShownWithTheirTasks()
    {
        var page = await world.OpenAsync("flows/ShowcaseFlow/runs/1/cards");

        await Expect(page.FrameLocator("[data-card^='End/'] iframe").GetByRole(AriaRole.Heading, new() { Name = "5 regions" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("^End") }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("End");
    }

    [Fact]
    public async Task Tabs_EachOfThem_CanBeLinkedTo()
    {
        var page = await world.OpenAsync("flows/ShowcaseFlow/runs/1/details");
        await Expect(page.Locator(".panel").First).ToContainTextAsync("About this run");

        await page.GotoAsync(new Uri(world.Url, "flows/ShowcaseFlow/runs/1/parameters/Rounds").ToString());

        await Expect(page.Locator(".preview h2")).ToHaveTextAsync("Rounds");
        await Expect(page.Locator(".preview .json")).ToContainTextAsync("2");
    }
}
