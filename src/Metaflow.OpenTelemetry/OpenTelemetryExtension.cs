using Metaflow;
using Metaflow.OpenTelemetry;

[assembly: MetaflowExtension(typeof(OpenTelemetryExtension))]

namespace Metaflow.OpenTelemetry;

/// <summary>
/// Exports runs as traces and metrics when the variables <c>OTEL_*</c> say where to. A program that refers to this package
/// needs no code for it.
/// </summary>
public sealed class OpenTelemetryExtension : IMetaflowExtension
{
    /// <inheritdoc/>
    public void Register(IExtensionRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddTelemetry(static () => OtlpExport.TryOpen(Environment.GetEnvironmentVariable));
    }
}
