using Metaflow.Definitions;

namespace Metaflow.Cli;

/// <summary>The services of a flow that takes some but whose program built no host: created when first needed.</summary>
internal sealed class DefaultServices(FlowDefinition definition) : IAsyncDisposable
{
    private FlowApplication? _application;

    public IServiceProvider Get() => (_application ??= new FlowApplicationBuilder(definition, []).Build()).StartedServices();

    public ValueTask DisposeAsync() => _application?.DisposeAsync() ?? ValueTask.CompletedTask;
}
