using Metaflow.Definitions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Metaflow.Tests.Authoring;

public sealed class FlowApplicationBuilderTests
{
    private static FlowDefinition Definition => FlowRegistry.Get(typeof(GreetingFlow));

    [Fact]
    public async Task Build_Services_ReachTheFlow()
    {
        var builder = Flow.CreateBuilder<GreetingFlow>(["run"]);
        builder.Configuration["Greeting"] = "hello";
        builder.Services.AddSingleton(services => new Greeter(services.GetRequiredService<IConfiguration>()["Greeting"]!));

        await using var application = builder.Build();
        var flow = (GreetingFlow)Definition.Create(application.Services);
        flow.Start();

        Assert.True(Definition.NeedsServices);
        Assert.Equal("hello", flow.Greeting);
    }

    [Fact]
    public async Task StartedServices_HostedServices_StartOnceAndStopAtTheEnd()
    {
        var hosted = new CountingService();
        var builder = Flow.CreateBuilder<GreetingFlow>([]);
        builder.Services.AddSingleton<IHostedService>(hosted);

        var application = builder.Build();
        Assert.Equal((0, 0), (hosted.Starts, hosted.Stops));
        application.StartedServices();
        application.StartedServices();
        Assert.Equal((1, 0), (hosted.Starts, hosted.Stops));
        await application.DisposeAsync();

        Assert.Equal((1, 1), (hosted.Starts, hosted.Stops));
    }

    [Fact]
    public async Task Dispose_NothingStarted_StopsNothing()
    {
        var hosted = new CountingService();
        var builder = Flow.CreateBuilder<GreetingFlow>([]);
        builder.Services.AddSingleton<IHostedService>(hosted);

        await builder.Build().DisposeAsync();

        Assert.Equal((0, 0), (hosted.Starts, hosted.Stops));
    }

    [Fact]
    public void Builder_IsANormalHostBuilder()
    {
        IHostApplicationBuilder builder = Flow.CreateBuilder<GreetingFlow>(["run", "--environment", "Test"]);

        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Properties["key"] = "value";

        // Options of the flow are no settings of the host.
        Assert.NotEqual("Test", builder.Environment.EnvironmentName);
        Assert.NotNull(builder.Metrics);
        Assert.NotNull(builder.Configuration);
    }

    [Fact]
    public async Task RunAsync_UnknownCommand_IsAUsageError()
    {
        await using var application = Flow.CreateBuilder<GreetingFlow>(["check-nothing"]).Build();

        Assert.Equal(ExitCodes.Usage, await application.RunAsync(TestContext.Current.CancellationToken));
    }

    private sealed class CountingService : IHostedService
    {
        public int Starts { get; private set; }

        public int Stops { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            Starts++;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Stops++;
            return Task.CompletedTask;
        }
    }
}

public sealed record Greeter(string Greeting);

/// <summary>Greets.</summary>
public sealed partial class GreetingFlow(Greeter greeter) : FlowSpec
{
    [Artifact]
    public partial string Greeting { get; set; }

    [Step]
    public Transition Start()
    {
        Greeting = greeter.Greeting;
        return Next(End);
    }

    [Step]
    public void End()
    {
    }
}
