using Metaflow.Definitions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Metaflow;

/// <summary>
/// A host builder for programs whose flow takes services in its constructor. Everything that works on
/// <see cref="IHostApplicationBuilder"/> works here.
/// </summary>
/// <remarks>The scheduler and each worker process build their own host, so a singleton exists once per process.</remarks>
public sealed class FlowApplicationBuilder : IHostApplicationBuilder
{
    private readonly FlowDefinition _definition;
    private readonly string[] _args;
    private readonly HostApplicationBuilder _inner;

    internal FlowApplicationBuilder(FlowDefinition definition, string[] args)
    {
        _definition = definition;
        _args = args;

        // Parameters of the flow are no configuration, so the host does not see the arguments. Settings files are read
        // once: a watcher per worker process would exhaust the operating system's.
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection([new("hostBuilder:reloadConfigOnChange", "false")]);
        _inner = new(new HostApplicationBuilderSettings { Configuration = configuration });
        if (_inner.Services.FirstOrDefault(service => service.ImplementationType == typeof(ConsoleLoggerProvider)) is { } console)
        {
            _inner.Services.Remove(console);
        }

        _inner.Logging.AddProvider(new StepLoggerProvider());
    }

    /// <summary>Configuration from <c>appsettings.json</c>, environment variables and whatever is added.</summary>
    public ConfigurationManager Configuration => _inner.Configuration;

    /// <summary>The services that the flow's constructor can take.</summary>
    public IServiceCollection Services => _inner.Services;

    /// <summary>Where log messages go. What is written to the console becomes part of the task's log.</summary>
    public ILoggingBuilder Logging => _inner.Logging;

    /// <inheritdoc/>
    public IHostEnvironment Environment => _inner.Environment;

    /// <inheritdoc/>
    public IMetricsBuilder Metrics => _inner.Metrics;

    IDictionary<object, object> IHostApplicationBuilder.Properties => ((IHostApplicationBuilder)_inner).Properties;

    IConfigurationManager IHostApplicationBuilder.Configuration => _inner.Configuration;

    /// <summary>Builds the program. Call it once.</summary>
    public FlowApplication Build()
    {
        // Ctrl-C belongs to the run, which ends in order; the host's own lifetime would stop at once and greet on stdout.
        _inner.Services.AddSingleton<IHostLifetime, FlowLifetime>();
        return new(_definition, _args, _inner.Build());
    }

    /// <inheritdoc/>
    public void ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull =>
        _inner.ConfigureContainer(factory, configure);

    private sealed class FlowLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
