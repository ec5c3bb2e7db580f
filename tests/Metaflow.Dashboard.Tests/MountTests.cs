using System.Net;
using Metaflow.Dashboard.Tests.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Metaflow.Dashboard.Tests;

/// <summary>The dashboard inside an application.</summary>
public sealed class MountTests(DashboardWorld world)
{
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task MapMetaflow_BelowAPath_AnswersThereAndLeavesTheRest()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapMetaflow("/team/flows", options => options.DatastoreRoot = world.StoreRoot);
        app.MapGet("/", () => "the application");
        await app.StartAsync(TestContext.Current.CancellationToken);
        var own = new Uri(app.Urls.Single());

        Assert.Equal("the application", await Http.GetStringAsync(own, TestContext.Current.CancellationToken));
        Assert.Contains("ShowcaseFlow", await Http.GetStringAsync(new Uri(own, "team/flows/api/v1/runs"), TestContext.Current.CancellationToken));
        if (Hosting.PageFiles.AreBuilt)
        {
            Assert.Contains("<base href=\"/team/flows/\"", await Http.GetStringAsync(new Uri(own, "team/flows/flows/ShowcaseFlow"), TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task MapMetaflow_WithANamespace_ShowsOnlyItsRuns()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapMetaflow("/", options => (options.DatastoreRoot, options.Namespace) = (world.StoreRoot, "nightly"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        var own = new Uri(app.Urls.Single());

        var runs = await Http.GetStringAsync(new Uri(own, "api/v1/runs"), TestContext.Current.CancellationToken);
        using var other = await Http.GetAsync(new Uri(own, "api/v1/flows/FailingFlow/runs/1"), TestContext.Current.CancellationToken);

        Assert.Contains("\"id\":\"1\"", runs);
        Assert.DoesNotContain("FailingFlow", runs);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public void MapMetaflow_WithoutAStore_SaysSo()
    {
        using var app = (IDisposable)WebApplication.CreateSlimBuilder().Build();

        var fault = Assert.Throws<MetaflowException>(() => ((WebApplication)app).MapMetaflow("/", options => options.DatastoreRoot = Path.GetTempPath() + "nothing-here"));

        Assert.Contains("no store", fault.Message);
    }
}
